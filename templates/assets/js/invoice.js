// A transaction's document. On a wide screen its link opens a dialog over the list, and the PDF, fetched into a blob (a frame
// of another origin cannot be printed), shows in the browser's own viewer. On a narrow one the link leads to a page.

const WIDE = window.matchMedia("(min-width: 992px)");
const say = (text, bad = false) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad } }));

async function load(viewer) {
  const { document: address, title, open, loaded, failed } = viewer.dataset;
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.status);
    const blob = new Blob([await response.arrayBuffer()], { type: "application/pdf" });
    const frame = document.createElement("iframe");
    frame.title = title;
    frame.src = `${URL.createObjectURL(blob)}#navpanes=0&view=FitH`;
    frame.addEventListener("load", () => say(loaded), { once: true });
    viewer.replaceChildren(frame);
  } catch {
    const link = document.createElement("a");
    link.href = address;
    link.className = "btn btn-secondary m-4";
    link.textContent = open;
    viewer.replaceChildren(link);
    say(failed, true);
  }
}

function forget(root) {
  for (const frame of root.querySelectorAll("iframe[src^='blob:']")) URL.revokeObjectURL(frame.src);
}

async function open(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true" } });
  const box = document.createElement("template");
  box.innerHTML = response.ok && !response.redirected ? await response.text() : "";
  const dialog = box.content.querySelector("[data-overlay]");
  if (!dialog) {
    window.location.assign(address);
    return;
  }
  const toasts = document.querySelector(".toasts");
  document.body.append(dialog);
  dialog.append(toasts); // above the page there is only what the dialog holds
  dialog.addEventListener("close", () => {
    document.body.append(toasts);
    forget(dialog);
    dialog.remove();
  });
  dialog.showModal();
  const viewer = dialog.querySelector("[data-document]");
  if (viewer) await load(viewer);
}

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target.closest("a[data-invoice]");
  if (link && plain && WIDE.matches) {
    event.preventDefault();
    open(link.href);
    return;
  }
  const dialog = event.target.closest("[data-overlay]");
  if (dialog && (event.target.closest("[data-close]") || (event.target === dialog && outside(event)))) {
    event.preventDefault();
    dialog.close();
    return;
  }
  const printer = event.target.closest("[data-print]");
  if (printer && plain) {
    const frame = (dialog ?? document).querySelector("[data-document] iframe");
    if (!frame) return;
    event.preventDefault();
    frame.contentWindow.focus();
    frame.contentWindow.print();
  }
});

// The page of its own shows the PDF too where there is room.
for (const viewer of document.querySelectorAll("main [data-document]")) if (WIDE.matches) load(viewer);
