// Changes by others, and by phones: asks every few seconds while the page is looked at, and tells the parts concerned.
(() => {
  const seconds = 4;
  const meta = document.querySelector("meta[name=journal]");
  if (!meta) return;
  let last = Number(meta.content);
  let asking = false;
  let more = false; // something was saved while an answer was on its way, which cannot know of it
  const stale = new Map(); // id of a part that was being drawn anew when more was heard -> what

  setInterval(() => { if (!asking) look(); }, seconds * 1000);
  document.addEventListener("visibilitychange", look);
  document.body.addEventListener("changed", ({ detail }) => tell(detail.changes));
  // What this page saved itself is in the journal too; looking at once brings the rest of the page up to date.
  document.body.addEventListener("saved", look);

  async function look() {
    if (document.hidden) return;
    if (asking) { more = true; return; }
    asking = true;
    try {
      const answer = await fetch(`/journal/since/${last}`, { headers: { "HX-Request": "true" } });
      if (answer.status === 200) {
        const news = await answer.json();
        last = news.last;
        tell(news.changes);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    } finally {
      asking = false;
    }
    if (more) { more = false; look(); }
  }

  function tell(changes) {
    if (!changes.length) return;
    const names = new Set(changes.flatMap(([concept, id]) => [concept, `${concept}-${id}`]));
    for (const part of document.querySelectorAll("[data-live]")) {
      if (!part.dataset.live.split(" ").some((name) => names.has(name))) continue;
      if (part.querySelector("[data-editing]")) continue; // somebody is typing in it
      if (part.matches("table.list")) rows(part, names);
      else if (part.matches("[data-facts]")) document.dispatchEvent(new CustomEvent("refresh-facts", { detail: part }));
      else if (part.matches(".htmx-request[id]")) stale.set(part.id, changes);
      else window.htmx?.trigger(part, "live", { changes });
    }
  }

  // Such a part is another element by now, which would never hear of it.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { id } = detail.requestConfig.elt;
    const changes = stale.get(id);
    stale.delete(id);
    const part = changes && document.getElementById(id);
    if (part) window.htmx.trigger(part, "live", { changes });
  });

  function rows(table, names) {
    for (const row of table.tBodies[0].rows) {
      if (names.has(row.id)) document.dispatchEvent(new CustomEvent("refresh-row", { detail: row }));
    }
  }
})();
