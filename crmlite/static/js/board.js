// The board: cards move by drag, by their menu and by keys. One request a move; its answer, like the one about changes
// by others, is a bag of pieces that are put where they belong. Knows no concept: what it needs is written on the board.
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const { url, noun } = board.dataset;
  const fixed = "fixed" in board.dataset;
  const sorted = "sorted" in board.dataset; // by close date: people choose the column, not the place
  const said = document.getElementById("board-said");
  const origins = new WeakMap();
  const news = new Set();
  let asking = false;
  let dragging = false;
  let pressed = false; // a finger or button is down: perhaps a drag begins
  let held = null;

  // Moving.

  // A column is named by its own word; Won and Lost are stages on every board.
  function send(card, stack, word = noun) {
    const { parent } = origins.get(card);
    const placed = card.parentElement.matches(".cards") && moved(card);
    const values = {
      [word]: stack, from: stackOf(parent), seen: card.dataset.v,
      after: placed ? number(beside(card, "previousElementSibling")) : "",
      before: placed ? number(beside(card, "nextElementSibling")) : "",
    };
    card.classList.add("saving");
    window.htmx.ajax("POST", `${url}/${number(card)}/${word}${query()}`, { source: card, target: card, swap: "none", values })
      .catch(unheard);
  }

  function remember(card) {
    origins.set(card, { parent: card.parentElement, next: card.nextElementSibling });
  }

  // A lost connection is told, and undone here, by the events of htmx below; its promise has nothing to add.
  function unheard() {}

  function moved(card) {
    const origin = origins.get(card);
    return card.parentElement !== origin.parent || card.nextElementSibling !== origin.next;
  }

  function putBack(card) {
    const origin = origins.get(card);
    card.classList.remove("saving", "held");
    if (!origin) return;
    const next = origin.next?.parentElement === origin.parent ? origin.next : null;
    origin.parent.insertBefore(card, next);
  }

  function beside(card, side) {
    const other = card[side];
    return other?.matches(".card") ? other : null;
  }

  // Answers.

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    if (!detail.pathInfo.requestPath.includes("as=board")) return;
    detail.shouldSwap = false;
    const own = detail.elt.matches(".card") ? detail.elt : null;
    const pieces = take(detail.serverResponse, own);
    if (!pieces && own) putBack(own);
    if (own) refresh();
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ detail }) => { if (detail.elt.matches(".card")) putBack(detail.elt); });
  }

  function take(html, own) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const told = [...holder.content.querySelectorAll("header[id^=head-]")].map((head) => head.id);
    let pieces = 0;
    for (const piece of [...holder.content.children]) {
      if (piece.dataset.gone) document.getElementById(piece.dataset.gone)?.remove();
      else if (piece.matches(".card")) place(piece, own);
      else if (piece.matches("dialog")) ask(piece);
      else if (piece.id) exchange(piece);
      else continue;
      pieces += 1;
    }
    mark();
    const shown = [...board.querySelectorAll(".column > header")].map((head) => head.id);
    if (told.length && told.join() !== shown.join()) renew();
    return pieces;
  }

  // Columns themselves have changed (a stage more, somebody's first card): the whole board is drawn anew.
  function renew() {
    window.htmx.ajax("GET", location.pathname + location.search, { source: said, target: board, select: "#board > *", swap: "innerHTML" }).then(begin, unheard);
  }

  function exchange(piece) {
    const old = document.getElementById(piece.id);
    if (!old) return;
    const scrolled = old.querySelector(".cards")?.scrollTop;
    for (const card of piece.querySelectorAll(".card")) {
      const elsewhere = document.getElementById(card.id);
      if (elsewhere && !old.contains(elsewhere)) elsewhere.remove();
    }
    old.replaceWith(piece);
    window.htmx.process(piece);
    if (piece.matches(".stage-chips")) for (const chip of piece.children) equip(chip);
    if (!piece.matches(".column")) return;
    piece.querySelector(".cards").scrollTop = scrolled;
    equip(piece.querySelector(".cards"));
    watch?.observe(piece);
  }

  // Its column is known by the stack, its place by the number that orders the column.
  function place(card, own) {
    const old = document.getElementById(card.id);
    if (old && old !== own && (old === held?.card || old.matches(".sortable-chosen, .saving"))) {
      news.add(card.id.replace("-", ":")); // in a hand or on its way: asked for again when that is over
      return;
    }
    const focused = old?.contains(document.activeElement);
    const list = board.querySelector(`.column[data-stack="${card.dataset.stack}"] > .cards`);
    if (old && old.dataset.v !== card.dataset.v && !old.matches(".saving")) card.classList.add("fresh");
    if (!list) { old?.remove(); return; }
    if (!old) card.classList.add("fresh");
    const others = [...list.querySelectorAll(":scope > .card")].filter((other) => other !== old);
    const next = others.find((other) => comes(card, other));
    if (old && old.parentElement === list && inOrder(old, card)) old.replaceWith(card);
    else {
      old?.remove();
      if (next) next.before(card);
      else if (list.querySelector(".more")) return;
      else list.insertBefore(card, list.querySelector(".empty"));
    }
    window.htmx.process(card);
    if (focused) card.focus();
  }

  function comes(card, other) {
    const gap = Number(card.dataset.p) - Number(other.dataset.p);
    return gap < 0 || (gap === 0 && number(card) < number(other));
  }

  function inOrder(old, card) {
    const before = beside(old, "previousElementSibling");
    const after = beside(old, "nextElementSibling");
    return (!before || !comes(card, before)) && (!after || comes(card, after));
  }

  function ask(dialog) {
    window.htmx.swap("#dialog", dialog.outerHTML, { swapStyle: "innerHTML" }, { eventInfo: { target: document.getElementById("dialog") } });
  }

  // Changes by others wait until the hand has let go, a menu has been closed, a move has been answered.

  board.addEventListener("live", ({ detail }) => {
    for (const [concept, id] of detail?.changes || []) news.add(`${concept}:${id}`);
    refresh();
  });

  function refresh() {
    if (asking || dragging || held || pressed || !news.size || document.querySelector("#board details.menu[open], .card.saving")) return;
    asking = true;
    const asked = [...news];
    news.clear();
    window.htmx.ajax("GET", `${url}/board/cards${query()}&changed=${asked.join(",")}`, { source: said, target: said, swap: "none" })
      .then(() => { asking = false; refresh(); }, () => { asking = false; for (const one of asked) news.add(one); });
  }

  // Drag, by pointer and by a short hold of the finger. On a phone, where one column fills the screen, the chips above
  // take cards too.

  function equip(list) {
    if (fixed) return;
    const column = list.matches(".cards");
    new window.Sortable(list, {
      group: { name: "cards", pull: column, put: true },
      sort: column && !sorted, draggable: ".card", filter: "details, .more, .empty, .saving", preventOnFilter: false,
      animation: 140, delay: 180, delayOnTouchOnly: true, touchStartThreshold: 6,
      forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, scrollSensitivity: 60,
      onStart: ({ item }) => { dragging = true; remember(item); document.body.classList.add("dragging"); },
      onMove: ({ to }) => over(to),
      onEnd: ({ item, to }) => drop(item, to),
    });
  }

  // Sliding neighbours aside costs more than it shows where a column is long.
  board.addEventListener("pointerdown", () => {
    pressed = true;
    const long = [...board.querySelectorAll(".cards")].some((list) => list.childElementCount > 100);
    for (const list of board.querySelectorAll(".cards")) window.Sortable.get(list)?.option("animation", long ? 0 : 140);
  }, true);
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => { pressed = false; refresh(); }, true);
  }

  function over(list) {
    for (const one of document.querySelectorAll(".over")) one.classList.remove("over");
    list?.closest(".column, .chip, .drop")?.classList.add("over");
  }

  function drop(card, list) {
    dragging = false;
    document.body.classList.remove("dragging");
    over(null);
    card.removeAttribute("style");
    if (moved(card)) send(card, stackOf(list), list.dataset.noun);
    refresh();
  }

  // The card's menu is made when it is opened: a page of cards has one of it, not hundreds.

  board.addEventListener("click", (event) => {
    const link = event.target.closest("a.menu");
    const step = event.target.closest("a.next");
    const to = event.target.closest("[data-to]");
    if (link && !fixed) {
      event.preventDefault();
      event.stopPropagation(); // a click outside closes menus, and this link is about to leave the page
      openMenu(link);
    } else if (step && !event.ctrlKey && !event.metaKey && !event.shiftKey) { // in a panel, where it can be done at once
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("dialog-open", { detail: { url: `${step.pathname}/menu` } }));
    } else if (to) {
      const card = to.closest(".card");
      if (card.matches(".saving")) return;
      remember(card);
      send(card, to.dataset.to, to.dataset.noun);
    }
  });

  function openMenu(link) {
    const menu = document.getElementById("moves").content.firstElementChild.cloneNode(true);
    menu.querySelector(`[data-to="${link.closest(".card").dataset.stack}"]`)?.remove();
    menu.firstElementChild.setAttribute("aria-label", link.getAttribute("aria-label"));
    link.replaceWith(menu);
    menu.open = true;
    menu.querySelector("[data-to]")?.focus();
    menu.addEventListener("toggle", () => {
      if (menu.open) return;
      const focused = menu.contains(document.activeElement);
      menu.replaceWith(link);
      if (focused) link.focus();
      refresh();
    });
  }

  // Keys.

  board.addEventListener("keydown", (event) => {
    const card = event.target;
    if (!card.matches(".card") || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (step) (held ? carry : walk)(card, ...step);
    else if (event.key === " " && !fixed) held ? putDown(card) : pickUp(card);
    else if (event.key === "Enter" && !held) card.querySelector("h3 a").click();
    else if (event.key === "Escape" && held) cancel(true);
    else return;
    event.preventDefault();
  });
  board.addEventListener("focusout", () => { if (held && !held.going) cancel(false); });

  function pickUp(card) {
    if (card.matches(".saving")) { tell(`${name(card)} is still being saved.`); return; }
    remember(card);
    held = { card, going: false };
    card.classList.add("held");
    tell(`${name(card)} picked up. ${where(card)}.`);
  }

  function putDown(card) {
    held = null;
    card.classList.remove("held");
    if (moved(card)) send(card, stackOf(card.parentElement));
    tell(`${name(card)} dropped. ${where(card)}.`);
    refresh();
  }

  function cancel(stay) {
    const { card } = held;
    held.going = true;
    putBack(card);
    if (stay) card.focus();
    held = null;
    tell(`${name(card)} put back. ${where(card)}.`);
    refresh();
  }

  function carry(card, across, down) {
    held.going = true;
    const list = column(card, across);
    if (across && list) list.insertBefore(card, list.querySelector(":scope > .card") || list.firstElementChild);
    if (down < 0 && !sorted) beside(card, "previousElementSibling")?.before(card);
    if (down > 0 && !sorted) beside(card, "nextElementSibling")?.after(card);
    card.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    held.going = false;
    tell(`${where(card)}.`);
  }

  function walk(card, across, down) {
    const target = across
      ? column(card, across)?.querySelector(".card")
      : beside(card, down < 0 ? "previousElementSibling" : "nextElementSibling");
    target?.focus();
  }

  function column(card, across) {
    const lists = [...board.querySelectorAll(".cards")];
    return lists[lists.indexOf(card.parentElement) + across];
  }

  function where(card) {
    const cards = [...card.parentElement.querySelectorAll(":scope > .card")];
    const title = card.closest(".column").querySelector("h2 > span").textContent;
    return `${title}, ${cards.indexOf(card) + 1} of ${cards.length}`;
  }

  function tell(text) {
    said.textContent = text;
  }

  function name(card) {
    return card.getAttribute("aria-label");
  }

  function number(card) {
    return card ? card.id.split("-").pop() : "";
  }

  function stackOf(list) {
    return list.closest("[data-stack]:not(.card)").dataset.stack;
  }

  function query() {
    return `${location.search ? `${location.search}&` : "?"}as=board`;
  }

  // On a phone one column fills the screen; the chips above say which.

  const watch = "IntersectionObserver" in window && new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) target.toggleAttribute("data-seen", isIntersecting);
    mark();
  }, { root: board, threshold: 0.6 });

  function mark() {
    const seen = board.querySelector(".column[data-seen]");
    for (const chip of document.querySelectorAll("#board-chips a")) {
      if (chip.hash === `#${seen?.id}`) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
  }

  function begin() {
    for (const list of board.querySelectorAll(".cards")) equip(list);
    for (const one of board.querySelectorAll(".column")) watch?.observe(one);
    mark();
  }

  for (const list of document.querySelectorAll("#drops .drop, #board-chips .chip")) equip(list);
  begin();
})();
