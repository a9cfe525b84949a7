// Products suggested while the name of a line is typed: the arrow chooses, Enter takes it with price, unit and tax.
(() => {
  let timer;
  let asked = 0;

  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("[data-products]")) return;
    const row = target.closest(".quote-line");
    if (!target.value.trim()) row.querySelector("[name=product]").value = "";
    clearTimeout(timer);
    timer = setTimeout(() => offer(target), 120);
  });

  // Before the keys of the line, which take Enter as the end of it.
  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-products]") || event.altKey) return;
    const options = [...(box(input)?.children ?? [])];
    const at = options.findIndex((one) => one.ariaSelected === "true");
    if (event.key === "ArrowDown" && !options.length) offer(input);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(input, options, event.key === "ArrowDown" ? Math.min(at + 1, options.length - 1) : at - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      take(input, options[at]);
    } else if (event.key === "Escape" && options.length) {
      event.stopPropagation();
      close(input);
    }
  }, true);

  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest(".products [role=option]");
    if (!option) return;
    event.preventDefault();
    take(option.closest(".part").querySelector("input"), option);
  });

  document.addEventListener("focusout", ({ target }) => {
    if (target.matches?.("[data-products]")) { clearTimeout(timer); close(target); }
  });

  function box(input) {
    return input.closest(".part").querySelector(".products");
  }

  async function offer(input) {
    const number = asked += 1;
    const words = input.value.trim();
    if (!words) return close(input);
    const answer = await fetch(`${input.dataset.products}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || number !== asked || document.activeElement !== input) return undefined;
    const found = Object.assign(document.createElement("div"), { className: "products", id: "products", role: "listbox" });
    found.setAttribute("role", "listbox");
    found.setAttribute("aria-label", "Products");
    found.innerHTML = (await answer.text()).trim();
    close(input);
    if (!found.childElementCount) return undefined;
    [...found.children].forEach((one, place) => { one.id = `product-${place}`; });
    input.after(found);
    input.ariaExpanded = "true";
    input.setAttribute("aria-controls", "products");
    return undefined;
  }

  function choose(input, options, at) {
    options.forEach((one, place) => { one.ariaSelected = String(place === at); });
    if (at >= 0) input.setAttribute("aria-activedescendant", options[at].id);
    else input.removeAttribute("aria-activedescendant");
    options[at]?.scrollIntoView({ block: "nearest" });
  }

  function take(input, option) {
    const row = input.closest(".quote-line");
    const { product, name, description, unit, price, tax } = option.dataset;
    for (const [field, value] of Object.entries({ product, name, unit, unit_price: price, tax })) row.querySelector(`[name=${field}]`).value = value;
    const text = row.querySelector("[name=description]");
    if (description) { text.value = description; text.closest(".part").hidden = false; }
    close(input);
    const quantity = row.querySelector("[name=quantity]");
    quantity.focus();
    quantity.select();
    quantity.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function close(input) {
    box(input)?.remove();
    input.ariaExpanded = "false";
    input.removeAttribute("aria-controls");
    input.removeAttribute("aria-activedescendant");
  }
})();
