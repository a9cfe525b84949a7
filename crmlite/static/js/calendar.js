// The calendar: keys, planning by a click or a drag over empty time, moving an event by a drag. Forms do the same.
(() => {
  const step = 15;
  const slack = 5;
  const hold = 350;
  const grid = () => document.getElementById("grid");
  let drag = null;
  let dragged = false;
  let scrolled = null;
  let focused = null;
  let missed = false; // the hours were to be drawn anew while something was held

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) { end(); return; }
    if (event.ctrlKey || event.metaKey || document.querySelector("dialog:modal")) return;
    if (event.target.closest("input, textarea, select, .menu[open]")) return;
    const lengthened = event.altKey && event.shiftKey && event.target.closest("[data-until]");
    const longer = { ArrowUp: -step, ArrowDown: step }[event.key];
    if (lengthened && longer) { event.preventDefault(); stretch(lengthened, longer); return; }
    if (event.altKey) return;
    const moved = event.shiftKey && event.target.closest("[data-move]");
    const by = { ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (moved && by) { event.preventDefault(); nudge(moved, ...by); return; }
    if (event.shiftKey) return;
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
  });

  document.addEventListener("click", (event) => {
    if (dragged) { event.preventDefault(); event.stopPropagation(); return; }
    const empty = event.target.matches("[data-plan] :is(.day, .day-cell)") && event.target;
    if (empty) plan(empty, empty.matches(".day") ? minutes(empty, event.clientY, 30) : null, Boolean(empty.closest(".month")));
  }, true);

  document.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    const source = event.target.closest("[data-move]");
    const day = !source && event.target.matches("[data-plan] :is(.day, .month-week > .day-cell)") && event.target;
    if ((!source && !day) || (day && event.pointerType === "touch")) return;
    const edge = source?.dataset.until && !source.matches(".after") && source.getBoundingClientRect().bottom - event.clientY <= slack + 2;
    drag = { source, day, edge: edge && event.pointerType !== "touch", x: event.clientX, y: event.clientY, ready: event.pointerType !== "touch" };
    if (!drag.ready) drag.timer = setTimeout(() => { if (drag) { drag.ready = true; begin(); } }, hold);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > slack;
    if (!drag.ready) { if (far) end(); return; }
    if (!drag.ghost && far) begin();
    if (drag.ghost) follow(event);
  });
  document.addEventListener("pointerup", () => { if (drag?.ghost) drop(); else end(); });
  document.addEventListener("pointercancel", end);
  document.addEventListener("touchmove", (event) => { if (drag?.ghost) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (drag?.ghost) event.preventDefault(); });

  function begin() {
    if (drag.day && drag.day.matches(".day-cell")) { drag.ghost = make(); drag.cells = [drag.day]; return; }
    const ghost = drag.source?.matches(".ev") ? drag.source.cloneNode(true) : make();
    ghost.className = `${ghost.className.replace(/\b(lane|c|s)-?\d\S*/g, "")} draft`;
    for (const name of ["id", "data-move", "hx-get", "href"]) ghost.removeAttribute(name);
    ghost.dataset.for = drag.source?.dataset.for || "0:30";
    drag.ghost = ghost;
    drag.from = drag.day ? minutes(drag.day, drag.y, step) : 0;
    drag.grab = drag.source?.dataset.at ? drag.y - drag.source.getBoundingClientRect().top : 0;
    drag.source?.classList.add("held");
    document.documentElement.classList.add("dragging", ...(drag.edge ? ["resizing"] : []));
  }

  function follow({ clientX, clientY }) {
    const under = document.elementsFromPoint(clientX, clientY);
    if (drag.cells) { mark(under.find((part) => part.matches("#grid .day-cell"))); return; }
    if (drag.edge) { resize(clientY); return; }
    const cell = drag.day || under.find((part) => part.matches("#grid :is(.day, .day-cell)"));
    if (!cell) return;
    if (drag.day) {
      const now = minutes(cell, clientY, step);
      const [first, last] = now < drag.from ? [now, drag.from] : [drag.from, now];
      place(cell, first, Math.max(last - first, step));
    } else if (cell.matches(".day")) {
      place(cell, minutes(cell, clientY - drag.grab, step));
    } else {
      drag.start = cell.dataset.day;
      for (const name of ["at", "for"]) delete drag.ghost.dataset[name];
      drag.ghost.classList.remove(...["c1", "c2", "c3", "c4", "c5", "c6", "c7"]);
      drag.ghost.classList.add([...cell.classList].find((name) => /^c\d$/.test(name)));
      cell.parentElement.append(drag.ghost);
    }
  }

  // Days of a month from where the pointer went down to where it is.
  function mark(cell) {
    if (!cell) return;
    const all = [...grid().querySelectorAll(".day-cell")];
    const [first, last] = [all.indexOf(drag.day), all.indexOf(cell)].sort((a, b) => a - b);
    drag.cells = all.slice(first, last + 1);
    for (const one of all) one.classList.toggle("drawn", drag.cells.includes(one));
    drag.start = drag.cells[0].dataset.day;
    drag.end = drag.cells.at(-1).dataset.day;
  }

  function resize(y) {
    const { source, ghost } = drag;
    const day = source.closest(".day");
    const [hours, rest] = source.dataset.at.split(":").map(Number);
    const at = hours * 60 + rest;
    const until = Math.min(Math.max(minutes(day, y, step) + step, at + step), 1440);
    ghost.dataset.at = source.dataset.at;
    ghost.dataset.for = span(until - at);
    drag.start = source.dataset.from;
    drag.end = moment(day.dataset.day, until);
    (ghost.querySelector("span") || ghost).textContent = `${source.dataset.from.slice(11)} – ${clock(until % 1440)}`;
    day.append(ghost);
  }

  function place(day, at, length = null) {
    const { ghost, source } = drag;
    ghost.dataset.at = clock(at);
    ghost.dataset.for = length ? span(length) : source?.dataset.for || "1:00";
    drag.start = `${day.dataset.day}T${clock(at)}`;
    drag.end = length ? `${day.dataset.day}T${clock(Math.min(at + length, 1439))}` : null;
    let label = ghost.querySelector("span");
    if (!label) { label = document.createElement("span"); ghost.append(" ", label); }
    label.textContent = length ? `${clock(at)} – ${clock(at + length)}` : clock(at);
    day.append(ghost);
  }

  function drop() {
    const { source, ghost, start, end: until, edge, cells } = drag;
    dragged = true;
    setTimeout(() => { dragged = false; });
    if (!start) { end(); return; }
    if (cells) {
      open(`/events/form?start=${start}&end=${until}&all_day=1`);
      end();
      return;
    }
    if (!source) {
      const gone = () => ghost.remove();
      open(`/events/form?start=${start}&end=${until}`).then(gone, gone);
    } else {
      send(source, start, () => { ghost.remove(); source.classList.remove("held"); }, edge ? until : null);
    }
    drag = null;
    document.documentElement.classList.remove("dragging", "resizing");
    catchUp();
  }

  function end() {
    if (!drag) return;
    clearTimeout(drag.timer);
    drag.ghost?.remove();
    drag.source?.classList.remove("held");
    for (const one of drag.cells || []) one.classList.remove("drawn");
    document.documentElement.classList.remove("dragging", "resizing");
    drag = null;
    catchUp();
  }

  function catchUp() {
    if (missed) window.htmx.trigger(grid(), "live");
    missed = false;
  }

  // The page hears of a success by the event "changed" and draws the hours anew; a refusal puts the event back. Of a
  // repeating one the person is asked which turns are meant.
  function send(source, start, back, until = null) {
    if (source.matches(".htmx-request")) { back(); return; } // its last move is still on its way
    const { move, v, turn } = source.dataset;
    const values = { start, seen: v, ...(until ? { end: until } : {}) };
    if (turn) { ask(`/events/${move}/which?${new URLSearchParams({ ...values, occurrence: turn })}`, back); return; }
    source.addEventListener("htmx:afterRequest", ({ detail }) => { if (!(detail.xhr.status in { 200: 1, 204: 1 })) back(); }, { once: true });
    window.htmx.ajax("POST", `/events/${move}/time`, { source, values, swap: "none" });
  }

  function ask(url, back) {
    open(url).then(() => {
      const dialog = document.querySelector("#dialog dialog");
      if (dialog) dialog.addEventListener("close", back, { once: true });
      else back();
    });
  }

  function stretch(source, more) {
    const start = new Date(`${source.dataset.from}Z`);
    const until = new Date(`${source.dataset.until}Z`);
    until.setUTCMinutes(until.getUTCMinutes() + more);
    if (until > start) send(source, source.dataset.from, () => {}, until.toISOString().slice(0, 16));
  }

  function nudge(source, days, more) {
    const day = source.closest("[data-day]");
    const date = new Date(`${day ? day.dataset.day : column(source)}T12:00Z`);
    date.setUTCDate(date.getUTCDate() + days);
    const [hours, rest] = (source.dataset.at || "").split(":").map(Number);
    const at = Math.min(Math.max(hours * 60 + rest + more, 0), 1440 - step);
    const name = date.toISOString().slice(0, 10);
    if (source.dataset.at) send(source, `${name}T${clock(at)}`, () => {});
    else if (days) send(source, name, () => {});
  }

  function column(bar) {
    const name = [...bar.classList].find((one) => /^c\d$/.test(one));
    return bar.parentElement.querySelector(`.day-cell.${name}`).dataset.day;
  }

  function plan(cell, at, timed) {
    open(`/events/form?start=${cell.dataset.day}${at !== null ? `T${clock(at)}` : timed ? "" : "&all_day=1"}`);
  }

  function open(url) {
    return window.htmx.ajax("GET", url, { target: "#dialog", swap: "innerHTML" });
  }

  function minutes(day, y, snap) {
    const { top, height } = day.getBoundingClientRect();
    const at = Math.floor(((y - top) / height) * 1440 / snap) * snap;
    return Math.min(Math.max(at, 0), 1440 - step);
  }

  function clock(at) {
    return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  }

  // A moment of a day, where minute 1440 is the next midnight.
  function moment(day, at) {
    const date = new Date(`${day}T00:00Z`);
    date.setUTCMinutes(at);
    return date.toISOString().slice(0, 16);
  }

  function span(length) {
    return `${Math.floor(length / 60)}:${String(length % 60).padStart(2, "0")}`;
  }

  function make() {
    const ghost = document.createElement("div");
    ghost.className = "ev";
    ghost.append(Object.assign(document.createElement("b"), { textContent: drag.source?.textContent || "New" }));
    return ghost;
  }

  // Drawing the hours anew keeps the place and the focus, and waits while something is held.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== grid()) return;
    if (drag?.ghost) {
      detail.shouldSwap = false;
      missed = true;
    } else {
      scrolled = [grid().scrollLeft, grid().scrollTop];
      focused = grid().contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (scrolled) grid()?.scrollTo(...scrolled);
    if (focused) grid()?.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    scrolled = focused = null;
  });

  const start = grid()?.querySelector(".hours .start");
  if (start) grid().scrollTop = start.offsetTop - 10; // the bars above have their own height
  setInterval(() => {
    const line = grid()?.querySelector(".now");
    if (!line) return;
    const [hours, rest] = line.dataset.at.split(":").map(Number);
    line.dataset.at = clock(Math.min(hours * 60 + rest + 5, 1435));
  }, 300_000);
})();
