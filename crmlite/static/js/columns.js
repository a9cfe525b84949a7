// The chosen columns of a list are dragged into order; buttons do the same. The order of the form is what is sent.
(() => {
  document.addEventListener("htmx:afterSettle", async () => {
    const list = document.querySelector("[data-sortable]:not([data-ready])");
    if (!list) return;
    list.dataset.ready = "soon";
    await library(list.dataset.sortable);
    list.dataset.ready = "now";
    window.Sortable.create(list, { handle: ".grip", draggable: "li", animation: 140, ghostClass: "ghost" });
  });

  // Few open this dialog: the library comes with the first one.
  let coming = null;
  function library(address) {
    coming ??= new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject }));
    });
    return coming;
  }
})();
