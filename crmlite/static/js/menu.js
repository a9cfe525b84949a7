// Menus are <details class="menu">: arrows move, Esc and a click elsewhere close, and an open one is never cut off by a scroller.
(() => {
  const gap = 6;

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details.menu")) return;
    if (!menu.open) { menu.querySelector(":scope > div")?.removeAttribute("style"); return; }
    for (const other of document.querySelectorAll("details.menu[open]")) {
      if (other !== menu && !other.contains(menu)) other.open = false;
    }
    place(menu);
  }, true);

  document.addEventListener("click", (event) => {
    const inside = event.target.closest("details.menu > div");
    const chosen = inside && event.target.closest("a, button") && !event.target.closest("[data-keep]");
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (chosen || !menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("scroll", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  }, { capture: true, passive: true });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details.menu");
    if (!menu) return;
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
      event.preventDefault();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    event.stopPropagation();
    menu.open = true;
    const items = [...menu.querySelectorAll(":scope > div :is(a, button):not(:disabled)")];
    const at = items.indexOf(document.activeElement);
    items.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % items.length)?.focus();
  });

  function place(menu) {
    const list = menu.querySelector(":scope > div");
    const button = menu.querySelector("summary").getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    const below = innerHeight - button.bottom - gap > height || button.top < height;
    const left = menu.classList.contains("left") ? button.left : button.right - width;
    Object.assign(list.style, {
      position: "fixed", inset: "auto",
      top: `${below ? button.bottom + gap : button.top - gap - height}px`,
      left: `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`,
    });
  }
})();
