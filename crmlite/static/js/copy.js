// [data-copy="id"] copies the text of that element; the button shows itself where the browser lets it.
(() => {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Copied.", kind: "ok" } }));
  });
  document.addEventListener("htmx:afterSwap", reveal);
  reveal();

  function reveal() {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  }
})();
