// Ctrl+K or / opens search and commands; the server finds both. Without script the same link leads to /search.
(() => {
  const link = document.querySelector("[data-palette]");
  if (!link) return;
  const dialog = Object.assign(document.createElement("dialog"), { id: "palette", className: "palette", ariaLabel: "Search and commands" });
  dialog.innerHTML = `<form action="/search" role="search"><div class="ask"><input name="q" type="text" inputmode="search"
    enterkeyhint="search" autocomplete="off" spellcheck="false" maxlength="200" placeholder="Search or type a command"
    aria-label="Search or type a command" role="combobox" aria-expanded="true" aria-autocomplete="list"
    aria-controls="found" hx-get="/search?glance=1" hx-trigger="input changed delay:120ms, asked" hx-target="#found"
    hx-select=".results > *" hx-sync="this:queue last" data-quiet></div></form>
    <div class="results found" id="found" role="listbox" aria-label="Results"></div>
    <p aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Esc</kbd> close</p>
    <p class="sr" role="status"></p>`;
  dialog.querySelector(".ask").prepend(link.querySelector("svg").cloneNode(true));
  document.body.append(dialog);
  window.htmx.process(dialog);
  const input = dialog.querySelector("input");
  const found = dialog.querySelector("#found");
  const status = dialog.querySelector("[role=status]");
  let answered = null; // what the results on show were found for
  let eager = false; // Enter was pressed before they came

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (slash || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k")) {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); choose(step); }
    if (event.key !== "Enter" || event.isComposing) return;
    if (answered !== input.value) { event.preventDefault(); eager = true; return; }
    const chosen = dialog.querySelector("[aria-selected=true]");
    if (chosen) { event.preventDefault(); chosen.click(); }
  });
  input.addEventListener("input", () => { eager = false; });
  found.addEventListener("htmx:afterSwap", ({ detail }) => {
    answered = detail.requestConfig.parameters.q; // not what stands there now: people type faster than answers come
    for (const group of found.querySelectorAll("section")) {
      group.role = "group";
      group.querySelector("h2").role = "presentation";
    }
    for (const form of found.querySelectorAll("form")) form.role = "presentation";
    for (const hit of found.querySelectorAll(".hit")) { hit.role = "option"; hit.tabIndex = -1; }
    const all = options();
    status.textContent = all.length === 1 ? "1 result" : `${all.length} results`;
    found.scrollTop = 0;
    mark(all[0]);
  });
  found.addEventListener("htmx:afterSettle", () => {
    if (!eager || answered !== input.value) return;
    eager = false;
    options()[0]?.click();
  });
  // What opens another dialog, or changes something here, leaves the page where it is.
  found.addEventListener("click", (event) => {
    if (event.target.closest(".hit") && !event.ctrlKey && !event.metaKey) setTimeout(() => dialog.close());
  });

  function open() {
    if (dialog.open || document.querySelector("dialog:modal")) return;
    dialog.showModal();
    input.select();
    answered = null;
    window.htmx.trigger(input, "asked");
  }

  function choose(step) {
    const all = options();
    if (!all.length) return;
    const at = all.findIndex((option) => option.ariaSelected === "true");
    mark(all.at((at + step) % all.length));
  }

  function mark(option) {
    for (const other of options()) {
      other.ariaSelected = "false";
      other.removeAttribute("id");
    }
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    option.ariaSelected = "true";
    option.id = "chosen";
    input.setAttribute("aria-activedescendant", "chosen");
    option.scrollIntoView({ block: "nearest" });
  }

  function options() {
    return [...found.querySelectorAll("[role=option]")];
  }
})();
