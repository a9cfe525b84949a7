// Suggestions for a reference while its name is typed.
(() => {
  let timer;
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-options]") || input.value.length < 2) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const typed = input.value;
      const answer = await fetch(`${input.dataset.options}&q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
      const html = answer?.ok && await answer.text();
      if (html && input.list && input.value === typed) input.list.innerHTML = html;
    }, 150);
  });
})();
