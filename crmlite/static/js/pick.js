// Suggestions for a reference while its name is typed.
(() => {
  let timer;
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-options]") || input.value.length < 2) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.options}&q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (answer?.ok && input.list) input.list.innerHTML = await answer.text();
    }, 150);
  });
})();
