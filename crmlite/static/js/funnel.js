// A value of a list becomes its filter: one funnel stands in the cell that the pointer or the focus is in.
(() => {
  const table = document.querySelector("table.list[data-concept]");
  const frame = table?.closest(".scroll");
  if (!frame) return;
  const words = "Filter by this value (Ctrl+Shift+L)";
  const link = Object.assign(document.createElement("a"), { className: "funnel", title: words, ariaLabel: words, tabIndex: -1, hidden: true });
  const sign = document.querySelector("#bar .chip.add svg").cloneNode(true);
  const use = sign.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#filter"));
  link.append(sign);
  frame.append(link);

  if (matchMedia("(hover: hover)").matches) {
    table.addEventListener("mouseover", ({ target }) => stand(target.closest("tbody :is(td, th)")));
    frame.addEventListener("mouseleave", () => stand(document.activeElement.closest("tbody :is(td, th)")));
  }
  table.addEventListener("focusin", ({ target }) => stand(target.closest("tbody :is(td, th)")));
  table.addEventListener("focusout", () => stand(null));
  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey || !event.shiftKey || event.key.toLowerCase() !== "l" || link.hidden) return;
    event.preventDefault();
    link.click();
  });

  function stand(cell) {
    const name = cell && table.tHead.rows[0].cells[cell.cellIndex]?.dataset.name;
    link.hidden = !name || Boolean(cell.querySelector("form"));
    if (link.hidden) return;
    const [box, outer] = [cell.getBoundingClientRect(), frame.getBoundingClientRect()];
    link.style.left = `${box.right - outer.left + frame.scrollLeft - 28}px`;
    link.style.top = `${box.top - outer.top + frame.scrollTop + (box.height - 26) / 2}px`;
    const id = cell.closest("tr").id.split("-").pop();
    link.href = `/${table.dataset.concept}/${id}/cells/${name}/filter${location.search}`;
  }
})();
