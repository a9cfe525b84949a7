// The connection check: asks the calendars' door as a device would, without a password, and says what came back.
(() => {
  const box = document.getElementById("connection");
  const button = box?.querySelector("button");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", check);

  async function check() {
    button.hidden = true;
    const found = await ask("PROPFIND", "/.well-known/caldav");
    const listed = await ask("PROPFIND", "/dav/");
    const reported = await ask("REPORT", "/dav/");
    tell("discovery", found?.status === 401);
    tell("methods", listed?.status === 401 && reported?.status === 401);
    tell("password", /basic/i.test(listed?.headers.get("WWW-Authenticate") ?? ""));
  }

  async function ask(method, url) {
    try {
      return await fetch(url, { method, credentials: "omit", cache: "no-store" });
    } catch {
      return null;
    }
  }

  function tell(name, good) {
    const line = box.querySelector(`[data-check=${name}]`);
    const text = line.querySelector(".name");
    line.prepend(line.querySelector(good ? "[data-good]" : "[data-bad]").content.cloneNode(true));
    line.classList.add(good ? "good" : "bad");
    text.textContent = good ? text.dataset.said : text.dataset.unsaid;
    line.hidden = false;
  }
})();
