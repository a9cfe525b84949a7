// Messages. Anyone may dispatch a "toast" event with {text, kind: "ok"|"error", undo: url, watch: url,
// retry: function}.
(() => {
  const seconds = 8;
  const region = document.getElementById("toasts");
  if (!region) return;

  document.addEventListener("toast", ({ detail }) => show(detail));
  for (const toast of region.children) live(toast);

  region.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
  });
  // Not before the answer, and not without one: an element taken out of the page hears no event of it.
  region.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.xhr.status) detail.elt.closest(".toast")?.remove();
  });

  function show({ text, kind = "ok", undo = null, watch = null, retry = null }) {
    const toast = make("div", { className: kind === "error" ? "toast red" : "toast" });
    toast.dataset.kind = kind;
    if (kind === "error") toast.setAttribute("role", "alert");
    toast.append(make("p", { textContent: text }));
    if (undo) toast.append(undoForm(undo));
    if (watch) toast.append(make("a", { href: watch, textContent: "Watch" }));
    if (retry) toast.append(retryButton(retry, toast));
    const close = make("button", { type: "button", className: "icon", textContent: "×", ariaLabel: "Dismiss" });
    close.dataset.dismiss = "";
    toast.append(close);
    for (const old of region.querySelectorAll(".toast")) {
      if (old.firstElementChild.textContent === text && kind === "error") old.remove();
    }
    (document.querySelector("dialog:modal") || document.body).append(region);
    region.append(toast);
    if (undo) window.htmx?.process(toast);
    live(toast);
  }

  function live(toast) {
    if (toast.dataset.kind === "error") return;
    let timer;
    const start = () => { timer = setTimeout(leave, seconds * 1000); };
    const leave = () => { if (toast.querySelector(".htmx-request")) start(); else toast.remove(); };
    const stop = () => clearTimeout(timer);
    for (const name of ["mouseenter", "focusin", "htmx:sendError"]) toast.addEventListener(name, stop);
    for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, () => { stop(); start(); });
    start();
  }

  function undoForm(url) {
    const form = make("form", { method: "post", action: url });
    form.setAttribute("hx-post", url);
    form.setAttribute("hx-swap", "none");
    form.setAttribute("hx-disabled-elt", "find button");
    form.append(make("button", { textContent: "Undo" }));
    return form;
  }

  function retryButton(retry, toast) {
    const button = make("button", { type: "button", textContent: "Retry" });
    button.addEventListener("click", () => { toast.remove(); retry(); });
    return button;
  }

  function make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }
})();
