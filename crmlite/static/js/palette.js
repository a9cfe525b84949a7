// Ctrl+K or / opens search and commands. Without script the same link leads to /search.
(() => {
  const link = document.querySelector("[data-palette]");
  if (!link) return;
  const dialog = Object.assign(document.createElement("dialog"), { id: "palette", className: "palette", ariaLabel: "Search and commands" });
  dialog.innerHTML = `<form action="/search" role="search"><div class="ask"><input name="q" type="text" inputmode="search"
    enterkeyhint="search" autocomplete="off" placeholder="Search or type a command" aria-label="Search or type a command"
    role="combobox" aria-expanded="true" aria-autocomplete="list" aria-controls="found" hx-get="/search"
    hx-trigger="input changed delay:150ms" hx-target="#hits" hx-select=".hit" hx-sync="this:replace" data-quiet></div></form>
    <div class="results" id="found" role="listbox" aria-label="Results"><div id="hits" role="group" aria-label="Records"></div>
    <div id="commands" role="group" aria-label="Commands"></div></div>
    <p><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Esc</kbd> close</p>`;
  dialog.querySelector(".ask").prepend(link.querySelector("svg").cloneNode(true));
  document.body.append(dialog);
  window.htmx.process(dialog);
  const input = dialog.querySelector("input");
  const hits = document.getElementById("hits");
  // What the rail and the menu New offer can be typed as well.
  const commands = [
    ...[...document.querySelectorAll(".rail li a")].map((link) => command(link, `Go to ${link.title}`)),
    ...[...document.querySelectorAll(".bar .new a")].map((link) => command(link, `New ${link.textContent.trim().toLowerCase()}`)),
  ];
  document.getElementById("commands").append(...commands);

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
  input.addEventListener("input", sift);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); choose(step); }
    const chosen = dialog.querySelector("[aria-selected=true]");
    if (event.key === "Enter" && chosen) { event.preventDefault(); chosen.click(); }
  });
  hits.addEventListener("htmx:afterSwap", () => {
    for (const hit of hits.querySelectorAll(".hit")) { hit.role = "option"; hit.tabIndex = -1; }
    mark(options()[0]);
  });

  function open() {
    if (dialog.open || document.querySelector("dialog:modal")) return;
    dialog.showModal();
    input.select();
    sift();
  }

  function command(link, words) {
    const option = Object.assign(document.createElement("a"), { className: "command", role: "option", tabIndex: -1, href: link.href });
    option.append(link.querySelector("svg").cloneNode(true), words);
    return option;
  }

  function sift() {
    const words = input.value.trim().toLowerCase().split(/\s+/);
    for (const command of commands) {
      command.hidden = !words.every((word) => command.textContent.toLowerCase().includes(word));
    }
    if (!input.value.trim()) hits.replaceChildren();
    mark(options()[0]);
  }

  function choose(step) {
    const all = options();
    const at = all.findIndex((option) => option.ariaSelected === "true");
    mark(all.at((at + step) % all.length));
  }

  function mark(option) {
    for (const other of dialog.querySelectorAll("[role=option]")) {
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
    return [...dialog.querySelectorAll("[role=option]:not([hidden])")];
  }
})();
