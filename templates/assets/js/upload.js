// The upload of an export with its progress. Without this script the form goes to the storage by itself.

const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad: true } }));
const number = new Intl.NumberFormat(document.documentElement.lang);
const megabytes = (bytes) => `${number.format(Math.round(bytes / 100_000) / 10)} MB`;

function left(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 90) return `About ${Math.max(1, Math.round(seconds))} seconds left`;
  return `About ${Math.round(seconds / 60)} minutes left`;
}

function show(box, sent, total, began) {
  const seconds = (performance.now() - began) / 1000;
  const rate = sent / seconds;
  box.hidden = false;
  box.querySelector("progress").value = (100 * sent) / total;
  box.querySelector("[data-percent]").textContent = `${Math.floor((100 * sent) / total)}%`;
  box.querySelector("[data-sent]").textContent = `${megabytes(sent)} of ${megabytes(total)}`;
  box.querySelector("[data-rate]").textContent = seconds > 1 ? `${megabytes(rate)}/s` : "";
  box.querySelector("[data-left]").textContent = seconds > 1 ? left((total - sent) / rate) : "";
}

function send(form, file) {
  const box = form.querySelector("[data-progress]");
  const button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  const body = new FormData();
  const began = performance.now();
  for (const [name, value] of Object.entries(JSON.parse(form.dataset.fields))) body.append(name, value);
  body.append("file", file);

  const failed = (text) => {
    window.removeEventListener("beforeunload", warn);
    box.hidden = true;
    button.disabled = false;
    say(text);
  };
  const warn = (event) => event.preventDefault();
  window.addEventListener("beforeunload", warn);
  button.disabled = true;
  request.upload.addEventListener("progress", (event) => show(box, event.loaded, event.total, began));
  request.addEventListener("load", () => {
    if (request.status !== 201) {
      failed(`The storage did not take the file (${request.status}). Nothing has changed. Reload the page and try again.`);
      return;
    }
    window.removeEventListener("beforeunload", warn);
    window.location.assign(form.dataset.done);
  });
  request.addEventListener("error", () => {
    failed(`The connection was lost at ${box.querySelector("[data-percent]").textContent}. Nothing has changed. Try again.`);
  });
  request.open("POST", form.dataset.address);
  request.send(body);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, input.files[0]);
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length === 1) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
