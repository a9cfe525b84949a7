// The bell: asks again when the next reminder goes off, and each minute; what is new is told outside the page where the
// person allowed that.
(() => {
  const bell = document.getElementById("bell");
  if (!bell) return;
  const kept = "reminders";
  let timer;

  setInterval(ask, 60_000);
  document.body.addEventListener("htmx:afterSwap", ({ target }) => { if (target === bell) look(); });
  bell.addEventListener("click", ({ target }) => {
    if (target.closest("[data-ask]")) Notification.requestPermission().then(look);
  });

  function ask() {
    window.htmx?.trigger(bell, "due");
  }

  function look() {
    const list = bell.querySelector("[data-next]");
    clearTimeout(timer);
    timer = setTimeout(ask, Number(list.dataset.next) * 1000);
    const able = "Notification" in window && window.isSecureContext;
    const lines = [...list.querySelectorAll("[data-reminder]")];
    list.querySelector("[data-ask]").hidden = !able || Notification.permission !== "default";
    if (!able || Notification.permission !== "granted") return;
    const told = new Set(JSON.parse(localStorage.getItem(kept) || "[]"));
    for (const line of lines) if (!told.has(line.dataset.reminder)) tell(line);
    localStorage.setItem(kept, JSON.stringify(lines.map((line) => line.dataset.reminder)));
  }

  function tell(line) {
    const [what, when] = line.querySelectorAll("p");
    try {
      const note = new Notification(what.textContent.trim(), { body: when.textContent.trim(), tag: `reminder-${line.dataset.reminder}` });
      note.onclick = () => { window.focus(); location.assign(line.dataset.url); };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // browsers of phones have no notes without a service worker
    }
  }
})();
