// A note: its files are chosen with the button or dropped anywhere on the page and shown by name before they are sent;
// it is emptied when it has arrived.
(() => {
  const form = document.querySelector(".composer input[type=file]")?.form;
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const chosen = form.querySelector(".chosen");
  const most = Number(input.dataset.most);
  const text = form.querySelector("textarea");
  let kept = [];
  let sent = null;

  input.addEventListener("change", () => take([...input.files]));
  form.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt === form) sent = { body: text.value, files: kept };
  });
  // What was written or chosen while it was on its way is the next note.
  document.addEventListener("noted", () => {
    const { body, files } = sent;
    if (text.value.startsWith(body)) text.value = text.value.slice(body.length).trimStart();
    put(kept.filter((file) => !files.includes(file)));
  });

  chosen.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    put(kept.filter((file, place) => place !== Number(button.value)));
    input.focus();
  });

  document.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    form.classList.remove("dropping");
    take([...event.dataTransfer.files]);
    text.focus();
  });

  text.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) take([...event.clipboardData.files]);
  });

  function take(files) {
    const large = files.find((file) => file.size > most * 1024 * 1024);
    if (large) {
      const text = `“${large.name}” is larger than ${most} MB: please make it smaller or send a link instead.`;
      document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: "error" } }));
    }
    const known = new Set(kept.map(same));
    put([...kept, ...files.filter((file) => file.size <= most * 1024 * 1024 && !known.has(same(file)))]);
  }

  function same(file) {
    return `${file.name} ${file.size} ${file.lastModified}`;
  }

  function put(files) {
    kept = files;
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    input.files = carrier.files;
    chosen.replaceChildren(...files.map((file, place) => {
      const line = Object.assign(document.createElement("li"), { className: "chip", textContent: file.name });
      const button = Object.assign(document.createElement("button"), { type: "button", value: place, textContent: "×" });
      button.ariaLabel = `Do not attach ${file.name}`;
      line.append(button);
      return line;
    }));
  }
})();
