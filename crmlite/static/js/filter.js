// What is asked of a column is renewed when another column or operator is chosen; what somebody enters there meanwhile
// stays.
(() => {
  let left = null;
  let caret = 0;

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.target.closest?.(".filter-line")) return;
    const box = document.activeElement;
    left = detail.target.contains(box) && box.matches("input, select") ? box : null;
    caret = box.selectionStart;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const box = left && document.getElementById(left.id);
    if (box && box.type === left.type && box.value !== left.value) enter(box, left.value);
    left = null;
  });

  function enter(box, value) {
    if (box.matches("select")) {
      if (![...box.options].some((option) => option.value === value)) return;
      box.value = value;
      window.htmx.trigger(box, "change"); // its own answer went to the part that is gone
      return;
    }
    box.value = value;
    if (box.type === "text") box.setSelectionRange(caret, caret);
  }
})();
