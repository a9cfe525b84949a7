// Lists that can be put into order by dragging; each row has buttons for the same. [data-order] is where the order goes.
(() => {
  document.addEventListener("htmx:afterSwap", prepare);
  prepare();

  function prepare() {
    for (const list of document.querySelectorAll("[data-order]:not([data-ready])")) {
      list.dataset.ready = "";
      Sortable.create(list, { handle: ".grip", animation: 140, ghostClass: "ghost", onEnd: () => send(list) });
    }
  }

  function send(list) {
    for (const item of list.children) item.removeAttribute("style");
    const ids = [...list.children].map((item) => item.dataset.id).join(",");
    htmx.ajax("POST", list.dataset.order, { target: list.dataset.orderTarget, swap: "outerHTML", values: { ids } });
  }
})();
