// The frame: theme, rail and row height; the one place that hears htmx events about answers and lost connections.
(() => {
  Object.assign(window.htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    attributesToSettle: [],
    defaultSettleDelay: 0, // what has been put in listens at once: a quick hand is not lost
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    disableInheritance: true,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "409|422", swap: true, error: false },
      { code: "...", swap: false, error: true },
    ],
  });
  const root = document.documentElement;
  const day = 86400;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set]");
    if (!button) return;
    const { set } = button.dataset;
    const value = set !== "theme" && root.dataset[set] === button.value ? "" : button.value;
    root.dataset[set] = value;
    if (set === "theme") {
      for (const other of document.querySelectorAll("[data-set=theme]")) other.ariaPressed = String(other === button);
      return;
    }
    button.ariaPressed = String(Boolean(value));
    document.cookie = `${set}=${value}; path=/; max-age=${365 * day}; samesite=lax`;
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  if (document.querySelector("[data-print=now]")) addEventListener("load", () => window.print());

  // Two clicks where the line is slow are one wish: what is on its way, or about to leave the page, is not sent again.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb, triggeringEvent } = event.detail;
    const pressed = ["submit", "click"].includes(triggeringEvent?.type);
    if (pressed && verb !== "get" && elt.matches(".htmx-request")) event.preventDefault();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const one of document.querySelectorAll(".htmx-request")) one.classList.remove("htmx-request");
  });

  document.addEventListener("htmx:responseError", ({ detail }) => refused(detail));
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, ({ detail }) => lost(detail));

  // A form that was drawn anew before its answer came tells nobody any more: what the answer says is told here.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const { elt, xhr } = detail;
    xhr.addEventListener("readystatechange", () => {
      if (xhr.readyState !== XMLHttpRequest.DONE || !xhr.status || elt.isConnected) return;
      const told = JSON.parse(xhr.getResponseHeader("HX-Trigger") || "{}");
      for (const [name, what] of Object.entries(told)) document.body.dispatchEvent(new CustomEvent(name, { detail: what, bubbles: true }));
      if (xhr.status >= 400 && xhr.status !== 409 && xhr.status !== 422) refused(detail);
    });
    xhr.addEventListener("error", () => { if (!elt.isConnected) lost(detail); });
  });

  function refused(detail) {
    const { status } = detail.xhr;
    if (status === 401) {
      location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    const spoken = (detail.xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"');
    if (spoken || quiet(detail)) return;
    say(sentences[status] || "The server could not do this. Nothing was changed; your text is kept.",
      status >= 500 || status === 429 ? () => again(detail) : null);
  }

  function lost(detail) {
    if (quiet(detail)) return;
    const reading = detail.requestConfig.verb === "get";
    say(reading ? "No connection: this could not be loaded." : "Not saved: no connection. Your text is kept.",
      () => again(detail));
  }

  const sentences = {
    403: "You may not do this. Ask a manager of your team or the owner.",
    404: "This record is no longer there. Reload the page to see what is.",
    413: "This is too large. Send a smaller file or text.",
    429: "Too many requests in a short time. Wait a minute, then try again.",
  };

  function quiet({ elt, requestConfig }) {
    const source = requestConfig?.elt || elt;
    return Boolean(source?.closest?.("[data-quiet]"));
  }

  function say(text, retry) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: "error", retry } }));
  }

  function again({ requestConfig, target }) {
    const { elt, verb, path, parameters, triggeringEvent } = requestConfig;
    if (!elt.isConnected) return;
    if (triggeringEvent && triggeringEvent.type !== "load") {
      htmx.trigger(elt, triggeringEvent.type);
      return;
    }
    htmx.ajax(verb, path, { source: elt, target, values: { ...parameters } });
  }
})();
