// The form of an event: the end follows the start at the same distance, and the start gives way to an earlier end; a
// chosen record fills what is empty; another kind takes over the category and the status that it has too.
(() => {
  const lengths = new WeakMap();

  document.addEventListener("focusin", ({ target }) => {
    const form = target.closest?.(".event-form");
    if (form && !lengths.has(form)) measure(form);
  });
  document.addEventListener("change", ({ target }) => {
    const form = target.closest?.(".event-form");
    if (!form || !["day", "start", "end_day", "end", "all_day"].includes(target.name)) return;
    const [from, to] = [read(form, "day", "start"), read(form, "end_day", "end")];
    const length = lengths.get(form);
    if (Number.isNaN(from) || length === undefined) return;
    if (target.name === "day" || target.name === "start") write(form, "end_day", "end", from + length);
    else if (to < from) write(form, "day", "start", to - length);
    else measure(form);
  });

  document.addEventListener("change", ({ target }) => {
    const form = target.closest?.(".event-form");
    if (form && target.matches("[data-leads]") && target.value) fill(form, target);
    if (form && target.name === "kind") recast(form, target.value);
  });

  // What was typed while the answer was on its way stays.
  async function fill(form, link) {
    const { elements } = form;
    const sent = new URLSearchParams({ changed: link.name });
    for (const name of ["kind", "seen", "owner", "calendar", "location", "lead", "partner", "contact", "opportunity", "guests"]) {
      if (elements[name]) sent.set(name, elements[name].value);
    }
    const answer = await fetch(`/events/form/followed?${sent}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    const filled = [];
    for (const [name, text] of Object.entries(await answer.json())) {
      const control = elements[name];
      if (!control || control.value !== (sent.get(name) || "")) continue;
      control.value = text;
      control.dispatchEvent(new Event("filled", { bubbles: true }));
      if (control.value === text) filled.push(control.labels[0].textContent.trim());
    }
    form.querySelector("[data-filled]").textContent = filled.length ? `Filled in: ${filled.join(", ")}.` : "";
  }

  const kinds = new WeakMap();
  document.addEventListener("focusin", ({ target }) => {
    const form = target.closest?.(".event-form");
    if (form && !kinds.has(form)) kinds.set(form, form.elements.kind.value);
  });

  // Each kind has controls of its own; those of the others are hidden and not read.
  function recast(form, kind) {
    const before = kinds.get(form);
    kinds.set(form, kind);
    for (const [from, to] of [[`category_${before}`, `category_${kind}`], [status(before), status(kind)]]) {
      const [old, fresh] = [form.elements[from], form.elements[to]];
      if (old && fresh && old.value && [...fresh.options].some(({ value }) => value === old.value)) fresh.value = old.value;
    }
  }

  function status(kind) {
    return kind === "task" ? "task_status" : "status";
  }

  function measure(form) {
    const length = read(form, "end_day", "end") - read(form, "day", "start");
    if (length >= 0) lengths.set(form, length);
  }

  function read(form, day, time) {
    const { elements } = form;
    return Date.parse(`${elements[day].value}T${elements.all_day.checked ? "00:00" : elements[time].value}Z`);
  }

  function write(form, day, time, moment) {
    if (Number.isNaN(moment)) return;
    const text = new Date(moment).toISOString();
    form.elements[day].value = text.slice(0, 10);
    if (!form.elements.all_day.checked) form.elements[time].value = text.slice(11, 16);
  }
})();
