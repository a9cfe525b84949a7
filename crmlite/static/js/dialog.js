// A <dialog> that is swapped into #dialog opens; it closes by Esc, the backdrop, [data-close] or a "dialog-close" event.
// One of the class "beside" leaves a page that says [data-beside] in use where there is room for both.
// A "dialog-open" event fetches one.
(() => {
  const host = document.getElementById("dialog");
  if (!host) return;
  let opener = null;
  let pressed = null;

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const active = document.activeElement;
    if (detail.target === host && (!host.firstElementChild || (active !== document.body && !host.contains(active)))) opener = origin(active);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== host) return;
    // Asked for before the open one covered the page: too late to take away what is being typed.
    const late = host.querySelector("dialog:modal") && !host.contains(detail.requestConfig.elt);
    if (late) detail.shouldSwap = false;
    else rescue();
  });
  // Not before htmx has looked for [autofocus]: what is wrong in a form comes first.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target === host) open();
  });
  document.addEventListener("dialog-close", close);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog:modal, .menu[open], .dragging")) return;
    host.querySelector(".beside[open]")?.close();
  });
  document.addEventListener("dialog-open", ({ detail }) => window.htmx.ajax("GET", detail.url, { source: host, target: host }));
  // Text selected with the pointer let go outside is no click on the backdrop.
  document.addEventListener("pointerdown", (event) => { pressed = event.target; });
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("dialog");
    const closer = event.target.closest("[data-close]");
    if (!dialog || !(closer || (event.target === dialog && pressed === dialog))) return;
    if (closer) event.preventDefault(); // a link that leads back where there is no dialog
    dialog.close();
  });

  function open() {
    const dialog = host.querySelector("dialog");
    if (!dialog || dialog.open) return;
    dialog.addEventListener("close", () => { if (dialog.isConnected) tidy(); });
    const beside = dialog.matches(".beside") && document.querySelector("[data-beside]") && matchMedia("(min-width: 900px)").matches;
    if (beside) dialog.show();
    else dialog.showModal();
    const wrong = dialog.querySelector("[aria-invalid=true]");
    (wrong || dialog.querySelector("[autofocus]") || dialog.querySelector(".input:not([readonly], :disabled)"))?.focus();
  }

  function close() {
    const dialog = host.querySelector("dialog[open]");
    if (dialog) dialog.close();
    else tidy();
  }

  function tidy() {
    rescue();
    host.replaceChildren();
    again(opener)?.focus({ preventScroll: true });
    opener = null;
  }

  // What opened it may have been drawn anew meanwhile: then the link to the same place has its turn.
  function again(element) {
    const url = element?.getAttribute("href");
    return !element || element.isConnected ? element : url && document.querySelector(`a[href="${CSS.escape(url)}"]`);
  }

  // The messages stand inside an open dialog, where alone they can be clicked; they must not go with it.
  function rescue() {
    const toasts = host.querySelector(".toasts");
    if (toasts) document.body.append(toasts);
  }

  // Something in a closed menu cannot take the focus back; the menu's own button can.
  function origin(element) {
    return element?.closest("details.menu")?.querySelector("summary") || element;
  }
})();
