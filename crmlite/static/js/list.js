// A list beyond its cells: ticking rows, buttons of a row, the choice of columns.
(() => {
  const table = document.querySelector("table.list");
  const bar = document.getElementById("selection");
  const filters = document.getElementById("bar");

  // Saved views stand last: on a phone the open one may be out of sight.
  seeTab();
  document.addEventListener("htmx:afterSettle", seeTab, { once: true }); // once the counts have made the tabs wider

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-every]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-every], [name=ids]")) show();
  });

  // Space ticks the row that one stands in, as the keyboard's way to its box.
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches?.("table.list tbody :is(td, th)")) return;
    const box = event.target.closest("tr").querySelector("[name=ids]");
    if (!box) return;
    event.preventDefault();
    box.click();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-none]")) {
      for (const box of document.querySelectorAll("[data-every], [name=ids]")) box.checked = false;
      show();
    }
    const picking = event.target.closest("[data-picking]");
    if (picking) picking.setAttribute("aria-pressed", String(Boolean(table?.classList.toggle("picking"))));
    const all = event.target.closest("[data-all]");
    if (all) {
      bar.elements.all.value = "1";
      bar.querySelector("[data-count]").textContent = "All that match";
      all.hidden = true;
    }
  });

  // Dialogs are not part of the selection's form: what is chosen in them is sent with the ticked rows.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-assign]");
    if (!button || !bar) return;
    document.dispatchEvent(new Event("dialog-close"));
    send([["verb", "set"], ["field", "owner"], ["value", button.dataset.assign], ["did", `assigned to ${button.textContent.trim()}`]]);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-ticked]") || !bar) return;
    event.preventDefault();
    send(new FormData(event.target));
  });

  function send(chosen) {
    if (bar.matches(".htmx-request")) return;
    const values = {};
    for (const [name, value] of [...new FormData(bar), ...chosen]) {
      values[name] = name === "ids" && values.ids ? [].concat(values.ids, value) : value;
    }
    window.htmx.ajax("POST", bar.getAttribute("action"), { source: bar, swap: "none", values });
  }

  // A download is no htmx request: the form goes out as it is, with another address.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button || !bar) return;
    const action = bar.getAttribute("action");
    bar.action = button.dataset.take;
    bar.submit();
    bar.action = action;
  });

  // The last order of a list is remembered; a saved view has its own.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".list thead a, a[data-sort]");
    if (!link || !table || new URLSearchParams(location.search).get("view")?.startsWith("saved-")) return;
    const body = new URLSearchParams({ sort: new URL(link.href).searchParams.get("sort") || "", quiet: "1" });
    fetch(`/${table.dataset.concept}/arrangement`, { method: "POST", body, keepalive: true }).catch(() => null);
  });

  // Buttons of a row know their noun; the row knows whose it is.
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".list [data-do], .list [data-open], .list [data-mail]");
    const row = button?.closest("tr");
    if (!row) return;
    const id = row.id.split("-").pop();
    const { open } = button.dataset;
    if (button.dataset.do) act(button, row, addressOf(row, button.dataset.do));
    else if (open) window.htmx.ajax("GET", open.startsWith("/") ? open + id : addressOf(row, open), { target: "#dialog" });
    else row.querySelector("[href^=mailto]")?.click();
  });

  function addressOf(row, noun) {
    return `/${row.closest("table").dataset.concept}/${row.id.split("-").pop()}/${noun}`;
  }

  const acting = new WeakSet(); // rows that wait for an answer: two clicks are one wish

  async function act(button, row, address) {
    if (acting.has(row)) return;
    acting.add(row);
    const query = location.search ? `${location.search}&as=row` : "?as=row";
    const body = new FormData();
    body.set("seen", row.dataset.v);
    if (button.name) body.set(button.name, button.value);
    let answer;
    try {
      answer = await fetch(address + query, { method: "POST", body, headers: { "HX-Request": "true" } });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: "No connection: nothing was changed.", kind: "error", retry: () => button.click() } }));
      acting.delete(row);
      return;
    }
    if (answer.ok) exchange(row, await answer.text());
    acting.delete(row);
    const told = JSON.parse(answer.headers.get("HX-Trigger") || "{}");
    for (const [name, detail] of Object.entries(told)) document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  function exchange(row, html) {
    if (row.querySelector("form.cell, .saving")) { // somebody types in it: that stays
      document.dispatchEvent(new CustomEvent("refresh-row", { detail: row }));
      return;
    }
    const here = row.contains(document.activeElement) || document.activeElement === document.body;
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    fresh.classList.add("fresh");
    row.replaceWith(fresh);
    window.htmx.process(fresh);
    if (here) (fresh.querySelector(".acts button") || fresh).focus();
  }

  function seeTab() {
    document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function boxes() {
    return [...(table?.querySelectorAll("tbody [name=ids]") || [])];
  }

  // Boxes come without a value, which their row knows: it would be sent forty times for nothing.
  function show() {
    for (const box of boxes()) box.value = box.closest("tr").id.split("-").pop();
    const ticked = boxes().filter((box) => box.checked).length;
    bar.hidden = !ticked;
    filters.hidden = Boolean(ticked);
    bar.elements.all.value = "";
    bar.querySelector("[data-count]").textContent = `${ticked} selected`;
    const every = document.querySelector("[data-every]");
    every.checked = ticked > 0 && ticked === boxes().length;
    every.indeterminate = ticked > 0 && !every.checked;
    bar.querySelector("[data-all]").hidden = !((every.checked || table.classList.contains("picking")) && document.querySelector("tr.more"));
  }
})();
