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

  // A form that stays on the page is emptied by the event which says that its text has arrived.
  document.addEventListener("noted", () => document.querySelector("[data-clear=noted]")?.reset());

  document.addEventListener("htmx:responseError", ({ detail }) => {
    const { status } = detail.xhr;
    if (status === 401) {
      location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    const spoken = (detail.xhr.getResponseHeader("HX-Trigger") || "").includes('"toast"');
    if (spoken || quiet(detail)) return;
    say(sentences[status] || "The server could not do this. Nothing was changed; your text is kept.",
      status >= 500 || status === 429 ? () => again(detail) : null);
  });

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ detail }) => {
      if (quiet(detail)) return;
      const reading = detail.requestConfig.verb === "get";
      say(reading ? "No connection: this could not be loaded." : "Not saved: no connection. Your text is kept.",
        () => again(detail));
    });
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
