// A list beyond its cells: ticking rows, buttons of a row, the choice of columns.
(() => {
  const table = document.querySelector("table.list");
  const bar = document.getElementById("selection");
  const filters = document.getElementById("bar");

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-every]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-every], [name=ids]")) show();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-none]")) {
      for (const box of document.querySelectorAll("[data-every], [name=ids]")) box.checked = false;
      show();
    }
    const all = event.target.closest("[data-all]");
    if (all) {
      bar.elements.all.value = "1";
      bar.querySelector("[data-count]").textContent = "All that match";
      all.hidden = true;
    }
  });

  // The menu under Assign sends a field and its value; the name of the button cannot carry both.
  bar?.addEventListener("click", (event) => {
    const button = event.target.closest("[name=assign]");
    if (!button) return;
    event.preventDefault();
    const values = { verb: "set", field: "owner", value: button.value, did: `assigned to ${button.textContent.trim()}` };
    for (const [name, value] of new FormData(bar)) values[name] = values[name] && name === "ids" ? [].concat(values[name], value) : value;
    window.htmx.ajax("POST", bar.getAttribute("action"), { source: bar, swap: "none", values });
  });

  // A row's own button changes this row only; without script the form behind it leads to the record.
  document.getElementById("row")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    const row = button.closest("tr");
    const query = location.search ? `${location.search}&as=row` : "?as=row";
    const body = new FormData(event.target, button);
    body.set("seen", row.dataset.v);
    let answer;
    try {
      answer = await fetch(button.getAttribute("formaction") + query, { method: "POST", body, headers: { "HX-Request": "true" } });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: "No connection: nothing was changed.", kind: "error", retry: () => button.click() } }));
      return;
    }
    const told = JSON.parse(answer.headers.get("HX-Trigger") || "{}");
    for (const [name, detail] of Object.entries(told)) document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    if (!answer.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = (await answer.text()).trim();
    const fresh = holder.content.firstElementChild;
    fresh.classList.add("fresh");
    row.replaceWith(fresh);
    window.htmx.process(fresh);
    (fresh.querySelector(".acts a, .acts button") || fresh).focus();
  });

  const columns = document.getElementById("columns");
  columns?.addEventListener("submit", (event) => {
    event.preventDefault();
    const args = new URLSearchParams(location.search);
    args.delete("after");
    args.set("columns", [...columns.querySelectorAll(":checked")].map((box) => box.value).join(","));
    location.search = args.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  });

  function boxes() {
    return [...(table?.querySelectorAll("tbody [name=ids]") || [])];
  }

  function show() {
    const ticked = boxes().filter((box) => box.checked).length;
    bar.hidden = !ticked;
    filters.hidden = Boolean(ticked);
    bar.elements.all.value = "";
    bar.querySelector("[data-count]").textContent = `${ticked} selected`;
    const every = document.querySelector("[data-every]");
    every.checked = ticked > 0 && ticked === boxes().length;
    every.indeterminate = ticked > 0 && !every.checked;
    bar.querySelector("[data-all]").hidden = !(every.checked && document.querySelector("tr.more"));
  }
})();
