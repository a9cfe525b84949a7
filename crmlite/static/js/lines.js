// The lines of a quote. A line is saved when it is left; Enter adds one below; an answer is put back control by
// control, so that whoever types on loses nothing. Requests wait for each other, so that lines keep their order.
(() => {
  let queue = Promise.resolve();
  let waiting = 0;
  const wanted = new Set(); // forms whose verb waits for the lines
  const home = () => document.querySelector("#lines[data-open]");
  const rowOf = (element) => element?.closest?.("#lines .quote-line");
  const rows = () => [...document.querySelectorAll("#lines .quote-line")];
  const list = () => document.querySelector("#lines .quote-lines");
  if (!document.getElementById("lines")) return;
  prepare();
  if (home() && rows().length === 1) field(rows()[0], "name").focus({ preventScroll: true });

  document.addEventListener("focusin", ({ target }) => {
    const row = rowOf(target);
    if (row && row.kept === undefined) row.kept = snapshot(row);
  });

  document.addEventListener("change", ({ target }) => {
    const row = rowOf(target);
    if (row && field(row, "name").value.trim()) save(row);
  });

  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    const row = rowOf(target);
    if (row && !row.contains(relatedTarget) && document.hasFocus()) save(row);
  });

  document.addEventListener("submit", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    event.preventDefault();
    const { step } = event.submitter?.dataset ?? {};
    if (step) move(row, step === "up" ? -1 : 1);
    else if (event.submitter?.matches("[data-remove]")) remove(row);
    else save(row);
  });

  document.addEventListener("click", ({ target }) => {
    const add = target.closest("#lines [data-add]");
    if (add) return insert(trailing(), add.dataset.add);
    const row = rowOf(target);
    if (row && target.closest("[data-theirs]")) return takeTheirs(row);
    if (row && target.closest("[data-describe]")) return describe(row);
    return undefined;
  });

  document.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    if (!row || event.isComposing) return;
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.altKey && ["Delete", "Backspace"].includes(event.key)) {
      event.preventDefault();
      remove(row);
    } else if (event.key === "Enter" && event.target.matches("input, select")) {
      event.preventDefault();
      next(row);
    }
  });

  // What a verb of the quote works on must have arrived first.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb, issueRequest } = event.detail;
    if (!waiting || verb !== "post") return;
    event.preventDefault();
    if (!wanted.has(elt)) queue.then(() => { wanted.delete(elt); issueRequest(true); });
    wanted.add(elt);
  });

  document.addEventListener("live", ({ target }) => {
    // In turn with what is being saved: a line on its way is known by no number yet.
    if (target.id === "lines") later(refresh);
  });

  window.addEventListener("beforeunload", (event) => {
    if (rows().some((row) => dirty(row) && !row.classList.contains("saving"))) event.preventDefault();
  });

  function field(row, name) {
    return row.querySelector(`[name=${name}]`);
  }

  function snapshot(row) {
    const data = new FormData(row.querySelector("form"));
    data.delete("seen");
    return new URLSearchParams(data).toString();
  }

  function dirty(row) {
    return row.kept !== undefined && snapshot(row) !== row.kept;
  }

  function isBlank(row) {
    return !row.dataset.id && !dirty(row);
  }

  function save(row) {
    if (dirty(row)) later(() => send(row));
  }

  function later(job) {
    waiting += 1;
    tellBusy();
    queue = queue.then(job).finally(() => { waiting -= 1; tellBusy(); });
    return queue;
  }

  function tellBusy() {
    document.getElementById("lines").ariaBusy = String(waiting > 0);
  }

  async function send(row) {
    if (!row.isConnected || !dirty(row)) return;
    const form = row.querySelector("form");
    const sent = new FormData(form);
    const body = ready(row, sent);
    if (!body) return;
    const above = before(row);
    if (!row.dataset.id && above) body.set("after", above.dataset.id);
    row.classList.add("saving");
    const answer = await ask(form.getAttribute("action"), body);
    row.classList.remove("saving");
    if (!answer) return lost(row);
    if (answer.ok || ((answer.status === 422 || answer.status === 409) && !toastOf(answer))) {
      put(row, await answer.text(), sent, answer.ok);
      row.classList.toggle("unsaved", !answer.ok);
      events(answer);
      return undefined;
    }
    row.classList.add("unsaved");
    if (answer.status === 404 && row.dataset.id) {
      row.dataset.id = "";
      row.id = "";
      form.setAttribute("action", home().dataset.lines);
      return tell("Somebody deleted this line meanwhile. Your text is kept: press Enter to add it again.");
    }
    return tell(toastOf(answer) || "This could not be saved. Your text is kept.");
  }

  // What is to be sent, without the field that is being typed in: half a figure is another figure. Of a line that is
  // there only what differs from the server's, so that what another changed in other fields meanwhile stands.
  function ready(row, sent) {
    const known = new URLSearchParams(row.kept);
    const typing = row.contains(document.activeElement) ? document.activeElement.name : "";
    const body = new FormData();
    if (typing && sent.has(typing)) sent.set(typing, known.get(typing) ?? "");
    for (const [name, value] of sent) {
      if (!row.dataset.id || name === "seen" || known.get(name) !== value) body.append(name, value);
    }
    const something = row.dataset.id ? [...body.keys()].length > 1 : body.get("name").trim() || typing !== "name";
    return something ? body : null;
  }

  // Values that were not touched since they were sent become those of the server.
  function put(row, html, sent, saved) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.querySelector(".quote-line");
    const form = row.querySelector("form");
    for (const theirs of fresh.querySelectorAll("[name]:not(button)")) {
      const mine = field(row, theirs.name);
      if (theirs.name === "seen") mine.value = theirs.value;
      else if (mine !== document.activeElement && (sent.get(theirs.name) ?? "") === mine.value) {
        if (mine.matches("select")) mine.innerHTML = theirs.innerHTML;
        if (mine.value !== theirs.value) mine.value = theirs.value;
      }
      for (const name of ["aria-invalid", "aria-describedby"]) {
        if (theirs.hasAttribute(name)) mine.setAttribute(name, theirs.getAttribute(name));
        else mine.removeAttribute(name);
      }
    }
    const text = field(row, "description");
    if (text?.value) text.closest(".part").hidden = false;
    row.querySelector(".said").replaceWith(fresh.querySelector(".said"));
    const menu = row.querySelector("summary");
    menu.title = menu.ariaLabel = fresh.querySelector("summary").title;
    const total = row.querySelector(".total");
    if (total) total.textContent = fresh.querySelector(".total").textContent;
    if (!saved) return;
    row.id = fresh.id;
    row.dataset.id = fresh.dataset.id;
    row.dataset.v = fresh.dataset.v;
    form.setAttribute("action", fresh.querySelector("form").getAttribute("action"));
    row.kept = snapshot(fresh);
    sums(holder.content);
    if (trailing().dataset.id) insert(trailing(), "line", false);
  }

  function sums(content) {
    const fresh = content.querySelector("#sums");
    if (fresh) document.getElementById("sums").replaceWith(fresh);
  }

  function next(row) {
    if (isBlank(row)) return;
    save(row);
    const below = row.nextElementSibling;
    if (below && isBlank(below) && !below.matches(".heading")) field(below, "name").focus();
    else insert(row, "line");
  }

  function insert(row, kind, focus = true) {
    const fresh = home().querySelector(`template[data-blank=${kind}]`).content.firstElementChild.cloneNode(true);
    const last = trailing();
    if (row === last && isBlank(last) && last !== document.activeElement?.closest(".quote-line") && last.dataset.id === "") row.before(fresh);
    else row.after(fresh);
    fresh.kept = snapshot(fresh);
    if (focus) field(fresh, "name").focus();
  }

  function trailing() {
    return rows().at(-1);
  }

  function before(row) {
    let above = row.previousElementSibling;
    while (above && !above.dataset.id) above = above.previousElementSibling;
    return above;
  }

  function move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other || (!other.dataset.id && isBlank(other)) || isBlank(row)) return;
    // The other one goes around, so that the focus stays where it is.
    if (step < 0) row.after(other);
    else row.before(other);
    save(row);
    later(() => place(row));
  }

  async function place(row) {
    if (!row.dataset.id) return;
    const sent = new FormData();
    sent.set("after", before(row)?.dataset.id || "0");
    const answer = await ask(`${home().dataset.lines}/${row.dataset.id}/position`, sent);
    if (answer?.ok) events(answer);
    else {
      tell(toastOf(answer) || "The order could not be saved.");
      await refresh();
    }
  }

  function remove(row) {
    const near = row.nextElementSibling || row.previousElementSibling;
    if (near) field(near, "name").focus();
    if (!row.dataset.id) {
      if (row !== trailing()) row.remove();
      return;
    }
    row.kept = undefined;
    row.hidden = true;
    later(async () => {
      const answer = await ask(`${home().dataset.lines}/${row.dataset.id}/removal`, new FormData());
      if (!answer?.ok && answer?.status !== 404) {
        row.hidden = false;
        return tell(toastOf(answer) || "Not removed: no connection.");
      }
      row.remove();
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      sums(holder.content);
      return events(answer);
    });
  }

  function describe(row) {
    const cell = field(row, "description").closest(".part");
    row.querySelector("details").open = false;
    cell.hidden = false;
    field(row, "description").focus();
  }

  async function takeTheirs(row) {
    const answer = await ask(row.querySelector("form").getAttribute("action"));
    if (!answer?.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const fresh = holder.content.querySelector(".quote-line");
    row.replaceWith(fresh);
    fresh.kept = snapshot(fresh);
    field(fresh, "name").focus();
    sums(holder.content);
  }

  // What others did, except where somebody is typing.
  async function refresh() {
    const section = document.getElementById("lines");
    const answer = await ask(section.dataset.lines);
    if (!answer?.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const fresh = holder.content.querySelector("#lines");
    const calm = waiting < 2 && !section.contains(document.activeElement) && !rows().some(dirty);
    if (calm || !home()) {
      section.replaceWith(fresh);
      prepare();
    } else if (fresh.matches("[data-open]")) weave(fresh);
  }

  function weave(fresh) {
    const theirs = [...fresh.querySelectorAll(".quote-lines > .quote-line[data-id]:not([data-id=''])")];
    const known = new Set(theirs.map((row) => row.id));
    for (const row of rows()) if (row.dataset.id && !known.has(row.id) && !busy(row)) row.remove();
    let above = null;
    for (const row of theirs) {
      let mine = document.getElementById(row.id);
      if (!mine) {
        if (above) above.after(row);
        else list().prepend(row);
        mine = row;
      } else if (!busy(mine) && mine.dataset.v !== row.dataset.v) {
        mine.replaceWith(row);
        mine = row;
      }
      above = mine;
    }
    sums(fresh);
  }

  function busy(row) {
    return row.hidden || row.contains(document.activeElement) || dirty(row) || row.classList.contains("saving");
  }

  function prepare() {
    if (!home() || !window.Sortable) return;
    for (const row of rows()) row.kept = snapshot(row);
    Sortable.create(list(), {
      handle: ".grip", animation: 140, ghostClass: "ghost",
      onEnd: ({ item }) => {
        item.removeAttribute("style");
        later(() => place(item));
      },
    });
  }

  function lost(row) {
    row.classList.add("unsaved");
    document.dispatchEvent(new CustomEvent("toast", { detail: {
      text: "Not saved: no connection. Your text is kept.", kind: "error", retry: () => save(row),
    } }));
  }

  async function ask(url, body) {
    try {
      return await fetch(url, {
        method: body ? "POST" : "GET", body, headers: { "HX-Request": "true" }, credentials: "same-origin", keepalive: Boolean(body),
      });
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  function events(answer) {
    const told = JSON.parse(answer.headers.get("HX-Trigger") || "{}");
    for (const [name, detail] of Object.entries(told)) document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  function toastOf(answer) {
    return JSON.parse(answer?.headers.get("HX-Trigger") || "{}").toast?.text;
  }

  function tell(text) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: "error" } }));
  }
})();
