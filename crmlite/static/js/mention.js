// Naming a colleague in a note: what follows an @ is completed with the people who may see the record.
(() => {
  let area = null;
  let list = null;
  let asked = 0;

  document.addEventListener("input", async ({ target }) => {
    if (!target.matches?.("textarea[data-people]")) return;
    const typed = behind(target);
    if (typed === null) return close();
    const mine = (asked += 1);
    const answer = await fetch(`${target.dataset.people}&q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    const html = answer?.ok ? (await answer.text()).trim() : "";
    if (mine !== asked || document.activeElement !== target || behind(target) !== typed) return;
    close();
    if (!html.includes("<button")) return;
    area = target;
    list = Object.assign(document.createElement("div"), { className: "suggested", innerHTML: html });
    list.setAttribute("role", "listbox");
    list.ariaLabel = "People";
    area.after(list);
    mark(list.querySelector("button"));
  });

  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== area) return;
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (step) mark(marked()[step] || marked());
    else if (event.key === "Enter" || event.key === "Tab") put(marked().value);
    else if (event.key === "Escape") { asked += 1; close(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("mousedown", (event) => {
    const button = event.target.closest(".suggested button");
    if (button) put(button.value);
    else close();
    if (button) event.preventDefault();
  });

  function behind(target) {
    const found = /(?:^|[^\w@])@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]+)?)$/u.exec(target.value.slice(0, target.selectionStart));
    return found ? found[1] : null;
  }

  function put(name) {
    asked += 1;
    const at = area.selectionStart;
    area.setRangeText(`${name} `, at - behind(area).length, at, "end");
    area.focus();
    close();
  }

  function marked() {
    return list.querySelector("[aria-selected=true]");
  }

  function mark(button) {
    for (const other of list.children) other.ariaSelected = String(other === button);
  }

  function close() {
    list?.remove();
    list = null;
  }
})();
