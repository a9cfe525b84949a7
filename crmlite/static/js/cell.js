// Editing in place, in a list (td) and on a record (dd): Enter or F2 or a click opens, typing replaces, leaving saves.
(() => {
  // Taking a form out of the page makes it lose the focus: that is no leaving.
  let swapping = false;
  const home = "td:not(.tick, .acts), tbody th, dd[data-name]";

  document.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, select, textarea, label, form.cell")) return;
    const cell = cellOf(event.target);
    if (cell) open(cell);
  });

  document.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    if (cell.querySelector(":scope > form.cell")) editing(event, cell);
    else if (event.target === cell) walking(event, cell);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.cell")) return;
    event.preventDefault();
    save(event.target.parentElement);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theirs]");
    if (button) refresh(button.closest("form.cell").parentElement);
  });

  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("form.cell");
    if (!form || form.contains(event.relatedTarget) || !document.hasFocus()) return;
    const cell = form.parentElement;
    if (!swapping && cell?.isConnected && !cell.classList.contains("saving") && !form.querySelector(".clash")) save(cell);
  });

  // Somebody went elsewhere while the form is on its way: what they typed is saved, and the focus stays where it is.
  document.addEventListener("focusout", ({ target }) => {
    if (target.ahead !== undefined && document.hasFocus()) target.left = true;
  });

  // Cells are reached by arrows and Tab from their row; only the one in use takes part in the page's tab order.
  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest?.(home);
    if (cell && cell.closest(".list")) cell.tabIndex = 0;
  });
  document.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event.target);
    if (cell && !cell.hasAttribute("tabindex")) cell.tabIndex = -1;
  });
  const table = document.querySelector(".list tbody");
  const first = table?.querySelector("tr:not(.more) > td:not(.tick)");
  if (first) first.tabIndex = 0;

  function cellOf(element) {
    const cell = element.closest?.(home);
    return cell && nameOf(cell) ? cell : null;
  }

  function nameOf(cell) {
    if (cell.dataset.name) return cell.dataset.name;
    return cell.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex]?.dataset.name;
  }

  function fixedOf(cell) {
    return cell.dataset.fixed || cell.closest("table")?.tHead.rows[0].cells[cell.cellIndex].dataset.fixed;
  }

  function addressOf(cell) {
    const facts = cell.closest("[data-facts]");
    if (facts) return { base: facts.dataset.facts, query: "?as=facts" };
    const row = cell.closest("tr");
    const section = cell.closest("table").dataset.concept;
    return { base: `/${section}/${row.id.split("-").pop()}`, query: location.search };
  }

  function walking(event, cell) {
    if (cell.ahead !== undefined) return waiting(event, cell);
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      open(cell);
    } else if (event.key.startsWith("Arrow")) {
      const next = neighbour(cell, event.key);
      if (next) { event.preventDefault(); focus(next); }
    } else if (event.key.length === 1 && event.key !== " " && event.key !== "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open(cell, event.key);
    }
    return undefined;
  }

  // The form is on its way: what is typed meanwhile is not lost.
  function waiting(event, cell) {
    event.preventDefault();
    if (event.key === "Enter") goOn(cell, "ArrowDown");
    else if (event.key === "Tab") goOn(cell, event.shiftKey ? "ArrowLeft" : "ArrowRight", true);
    else if (event.key === "Escape") cell.cancelled = true;
    else if (event.key === "Backspace") cell.ahead = cell.ahead.slice(0, -1);
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) cell.ahead += event.key;
  }

  function goOn(cell, towards, editNext) {
    const next = neighbour(cell, towards);
    if (!next) { cell.commit = [towards, editNext]; return; }
    cell.left = true;
    focus(next);
    if (editNext) open(next);
  }

  function editing(event, cell) {
    const long = event.target.matches("textarea");
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(cell);
      focus(cell);
    } else if (event.key === "Enter" && event.target.matches("input, select, textarea") && (!long || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save(cell, "ArrowDown");
    } else if (event.key === "Tab" && last(event, cell)) {
      event.preventDefault();
      save(cell, event.shiftKey ? "ArrowLeft" : "ArrowRight", true);
    }
  }

  function last(event, cell) {
    const inputs = [...cell.querySelectorAll("input:not([type=hidden]), select, textarea, button")];
    return event.target === inputs.at(event.shiftKey ? 0 : -1);
  }

  async function open(cell, typed) {
    const fixed = fixedOf(cell);
    if (fixed) return tell(fixed);
    if (cell.ahead !== undefined || cell.querySelector("form.cell") || cell.classList.contains("saving")) return focus(cell);
    cell.ahead = typed || "";
    focus(cell);
    const answer = await ask(`${addressOf(cell).base}/cells/${nameOf(cell)}`);
    const { ahead, commit, cancelled, left } = cell;
    for (const name of ["ahead", "commit", "cancelled", "left"]) delete cell[name];
    if (!cell.isConnected || cancelled || (left && !ahead)) return undefined;
    if (!answer) return tell("No connection: this cannot be edited now.", true);
    if (!answer.ok) return tell(sentence(answer), true);
    cell.kept = [...cell.childNodes];
    show(cell, answer.html, ahead, !left);
    cell.first = value(cell);
    const input = cell.querySelector("select, textarea, input:not([type=hidden])");
    if (ahead && input.matches("textarea, input:not([type=date])")) {
      input.value = ahead;
      input.setSelectionRange(ahead.length, ahead.length);
    }
    if (left && value(cell) === cell.first) close(cell);
    else if (left) save(cell);
    else if (commit) save(cell, ...commit);
    return undefined;
  }

  function swap(cell, ...parts) {
    swapping = true;
    cell.replaceChildren(...parts);
    swapping = false;
  }

  function show(cell, html, ahead, enter = true) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    swap(cell, holder.content);
    const input = cell.querySelector("[aria-invalid]") || cell.querySelector("select, textarea, input:not([type=hidden])");
    if (!enter) return;
    input?.focus();
    if (!ahead && input?.matches("input:not([type=date]), textarea")) input.select();
  }

  function value(cell) {
    return new URLSearchParams(new FormData(cell.querySelector("form"))).toString();
  }

  function close(cell) {
    if (cell.kept) swap(cell, ...cell.kept);
    window.htmx?.process(cell);
    cell.classList.remove("saving", "unsaved");
  }

  async function save(cell, towards, editNext) {
    const form = cell.querySelector("form.cell");
    const body = new FormData(form);
    if (value(cell) === cell.first) {
      close(cell);
      return step(cell, towards, editNext);
    }
    const { base, query } = addressOf(cell);
    const words = shownText(form);
    const name = nameOf(cell);
    cell.classList.add("saving");
    swap(cell, words);
    const next = towards ? neighbour(cell, towards) : null;
    const mark = next && place(next);
    if (next) focus(next);
    const answer = await ask(`${base}/cells/${name}${query}`, body);
    cell.classList.remove("saving");
    if (!answer) {
      swap(cell, form);
      cell.classList.add("unsaved");
      return retry(cell);
    }
    const { html } = answer;
    if (answer.ok) {
      const landed = cell.isConnected ? merge(cell, html) : null;
      events(answer);
      polite("Saved");
      landed?.classList.add("saved");
      const following = editNext && mark && found(mark);
      if (following && following === document.activeElement) open(following);
    } else if (answer.status === 422 || answer.status === 409) {
      if (html.includes("<form")) show(cell, html, "", !elsewhere());
      else {
        swap(cell, form);
        tell(sentence(answer), true);
        if (!elsewhere()) form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      }
    } else {
      swap(cell, form);
      cell.classList.add("unsaved");
      tell(toastOf(answer) || "This could not be saved. Your text is kept.", true);
    }
    return undefined;
  }

  // Somebody is typing meanwhile: what comes late does not take the focus away.
  function elsewhere() {
    const { activeElement } = document;
    return activeElement?.ahead !== undefined || activeElement?.matches("input, select, textarea");
  }

  function step(cell, towards, editNext) {
    const next = towards && neighbour(cell, towards);
    focus(next || cell);
    if (next && editNext) open(next);
  }

  function shownText(form) {
    const input = form.querySelector("select, textarea, input:not([type=hidden])");
    return input.matches("select") ? input.selectedOptions[0]?.textContent || "" : input.value;
  }

  // Puts fresh cells where nobody is typing; answers the fresh version of `cell`.
  function merge(cell, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    const facts = cell.closest("[data-facts]");
    if (facts) return mergeFacts(facts, fresh, cell.dataset.name);
    return mergeRow(cell.closest("tr"), fresh, cell.cellIndex);
  }

  function mergeRow(row, fresh, at) {
    if (Number(fresh.dataset.v) < Number(row.dataset.v)) return row.cells[at]; // a late answer
    row.className = fresh.className;
    row.dataset.v = fresh.dataset.v;
    const cells = [...fresh.cells];
    const old = [...row.cells];
    old.forEach((cell, index) => {
      if (index === 0 || busy(cell, cells[index]) || cell.innerHTML === cells[index].innerHTML) return;
      const focused = cell === document.activeElement;
      if (cell.hasAttribute("tabindex")) cells[index].tabIndex = cell.tabIndex;
      cell.replaceWith(cells[index]);
      window.htmx?.process(cells[index]);
      if (focused) cells[index].focus();
    });
    return row.cells[at];
  }

  function mergeFacts(facts, fresh, name) {
    if (Number(fresh.dataset.v) < Number(facts.dataset.v)) return facts.querySelector(`dd[data-name="${name}"]`);
    Object.assign(facts.dataset, fresh.dataset);
    for (const cell of fresh.querySelectorAll("dd[data-name]")) {
      const old = facts.querySelector(`dd[data-name="${cell.dataset.name}"]`);
      if (old && !busy(old, cell) && old.innerHTML !== cell.innerHTML) old.replaceChildren(...cell.childNodes);
    }
    return facts.querySelector(`dd[data-name="${name}"]`);
  }

  // A cell in use stays; what it shows afterwards, if nothing is saved, is what is true by then.
  function busy(cell, fresh) {
    const form = cell.classList.contains("saving") || Boolean(cell.querySelector("form.cell"));
    if (form) cell.kept = [...fresh.childNodes];
    else if (cell.ahead !== undefined) cell.replaceChildren(...fresh.childNodes);
    return form || cell.ahead !== undefined;
  }

  async function refresh(cell) {
    const { base, query } = addressOf(cell);
    const kind = cell.closest("[data-facts]") ? "facts" : "row";
    close(cell);
    const answer = await ask(`${base}/${kind}${kind === "row" ? query : ""}`);
    if (answer?.ok && cell.isConnected) merge(cell, answer.html);
  }

  document.addEventListener("refresh-row", ({ detail: row }) => refreshRow(row));
  async function refreshRow(row) {
    const section = row.closest("table").dataset.concept;
    const answer = await ask(`/${section}/${row.id.split("-").pop()}/row${location.search}`);
    if (answer?.status === 404) { if (!row.querySelector("form.cell")) row.remove(); return; }
    if (!answer?.ok || !row.isConnected) return;
    const before = row.dataset.v;
    const holder = document.createElement("template");
    holder.innerHTML = answer.html.trim();
    mergeRow(row, holder.content.firstElementChild, 1);
    if (row.dataset.v !== before) row.classList.add("fresh");
  }
  document.addEventListener("refresh-facts", async ({ detail: facts }) => {
    const answer = await ask(`${facts.dataset.facts}/facts`);
    if (!answer?.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = answer.html.trim();
    mergeFacts(facts, holder.content.firstElementChild, "");
  });

  // The answer with its text, so that nothing can come between its arrival and what is done with it.
  async function ask(url, body) {
    try {
      const answer = await fetch(url, { method: body ? "POST" : "GET", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
      return Object.assign(answer, { html: await answer.text() });
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  function neighbour(cell, key) {
    const facts = cell.closest("[data-facts]");
    if (facts) {
      const all = [...facts.querySelectorAll("dd[data-name]")];
      return all[all.indexOf(cell) + (key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1)] || null;
    }
    const row = cell.closest("tr");
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = row.cells[cell.cellIndex + (key === "ArrowLeft" ? -1 : 1)];
      return next && next.matches(home) && nameOf(next) ? next : null;
    }
    const other = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    return other && !other.matches(".more") ? other.cells[cell.cellIndex] : null;
  }

  function place(cell) {
    const facts = cell.closest("[data-facts]");
    return facts ? { facts, name: cell.dataset.name } : { row: cell.closest("tr").id, index: cell.cellIndex };
  }

  function found({ facts, name, row, index }) {
    return facts ? facts.querySelector(`dd[data-name="${name}"]`) : document.getElementById(row)?.cells[index];
  }

  function focus(cell) {
    if (!cell) return;
    if (!cell.hasAttribute("tabindex")) cell.tabIndex = -1;
    cell.focus();
  }

  function retry(cell) {
    document.dispatchEvent(new CustomEvent("toast", { detail: {
      text: "Not saved: no connection. Your text is kept.", kind: "error", retry: () => { cell.classList.remove("unsaved"); save(cell); },
    } }));
  }

  function events(answer) {
    const told = JSON.parse(answer.headers.get("HX-Trigger") || "{}");
    for (const [name, detail] of Object.entries(told)) document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  function toastOf(answer) {
    return JSON.parse(answer.headers.get("HX-Trigger") || "{}").toast?.text;
  }

  function sentence(answer) {
    return toastOf(answer) || (answer.status === 401 ? "Please sign in again; your text is kept." : "This cannot be changed here.");
  }

  function tell(text, isError) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: isError ? "error" : "ok" } }));
  }

  let speaker;
  function polite(text) {
    if (!speaker) {
      speaker = Object.assign(document.createElement("p"), { className: "sr" });
      speaker.setAttribute("role", "status");
      document.body.append(speaker);
    }
    speaker.textContent = "";
    setTimeout(() => { speaker.textContent = text; }, 50);
  }
})();
