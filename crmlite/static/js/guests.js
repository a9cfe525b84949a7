// Guests in the form of an event: the lines of the text field as a list, which suggestions are added to and buttons take
// from. The text field is what is sent.
(() => {
  const ADDRESS = /^(.*<)?[^@\s<>,;"]+@[^@\s<>,;"]+\.[^@\s<>,;"]+>?$/;

  document.addEventListener("htmx:load", ({ target }) => {
    for (const field of target.querySelectorAll("[data-guests]:not([data-on])")) begin(field);
  });
  document.addEventListener("filled", ({ target }) => {
    const field = target.closest("[data-guests]");
    if (field) draw(field);
  });
  document.addEventListener("input", ({ target }) => {
    if (target.id === "f-guest" && [...target.list.options].some(({ value }) => value === target.value)) add(target);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.id === "f-guest" && ADDRESS.test(target.value.trim())) add(target);
  });
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (target.id !== "f-guest") return;
    if (["Enter", ",", ";"].includes(key) && target.value.trim()) {
      event.preventDefault();
      if (ADDRESS.test(target.value.trim())) add(target);
    } else if (key === "Backspace" && !target.value) {
      [...target.closest("[data-guests]").querySelectorAll("li button")].at(-1)?.focus();
    }
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-guests] li button");
    if (button) remove(button.closest("li"));
  });
  // Half a name is sent too: the server says what is wrong with it.
  document.addEventListener("submit", ({ target }) => {
    const input = target.querySelector("#f-guest");
    if (input?.value.trim()) add(input);
  }, true);

  function begin(field) {
    field.dataset.on = "";
    field.querySelector("textarea").hidden = true;
    field.querySelector(".hint").hidden = true;
    const input = field.querySelector("input");
    input.hidden = false;
    field.querySelector("label").htmlFor = input.id;
    for (const item of field.querySelectorAll("li")) equip(field, item);
  }

  function add(input) {
    const field = input.closest("[data-guests]");
    const line = input.value.trim();
    input.value = "";
    input.list.replaceChildren();
    if (lines(field).some((one) => address(one) === address(line))) return;
    write(field, [...lines(field), line]);
  }

  function remove(item) {
    const field = item.closest("[data-guests]");
    const beside = (item.nextElementSibling || item.previousElementSibling)?.querySelector("button");
    write(field, lines(field).filter((line) => line !== item.dataset.line));
    (beside || field.querySelector("input")).focus();
  }

  function write(field, some) {
    field.querySelector("textarea").value = some.join("\n");
    draw(field);
  }

  function draw(field) {
    const list = field.querySelector("ul");
    const wanted = lines(field);
    for (const item of [...list.children]) if (!wanted.includes(item.dataset.line)) item.remove();
    const shown = [...list.children].map((item) => item.dataset.line);
    for (const line of wanted) {
      if (shown.includes(line)) continue;
      const item = field.querySelector("template").content.firstElementChild.cloneNode(true);
      item.dataset.line = line;
      item.querySelector(".cut").textContent = line.includes("<") ? line.split("<")[0].trim() : line;
      item.querySelector(".cut").title = line;
      equip(field, item);
      list.append(item);
    }
    list.hidden = !list.children.length;
  }

  function equip(field, item) {
    const button = field.querySelectorAll("template")[1].content.querySelector("button").cloneNode(true);
    button.setAttribute("aria-label", `Remove ${item.querySelector(".cut").textContent}`);
    item.append(button);
  }

  function lines(field) {
    return field.querySelector("textarea").value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  function address(line) {
    return line.replace(/^.*</, "").replace(">", "").toLowerCase();
  }
})();
