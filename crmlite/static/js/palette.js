// Ctrl+K or / opens search and commands. Without script the same link leads to /search.
(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const hits = document.getElementById("hits");
  const commands = [...dialog.querySelectorAll(".command")];

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
