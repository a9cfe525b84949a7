// The form of an event: the end follows the start at the same distance, and the start gives way to an earlier end.
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
