// Draws a PDF page by page into [data-document] with Mozilla's PDF.js, and prints it through a hidden frame: a frame of the
// browser's own viewer would keep the keyboard to itself, Escape too, and bring a second tool bar.

const STEP = 1.25;
const MAX_ZOOM = 4;
const MIN_ZOOM = 0.5;
const MAX_PIXELS = 2 ** 24; // what the smallest devices can hold in a canvas
const views = new WeakMap();

class View {
  constructor(viewer) {
    this.viewer = viewer;
    this.pages = viewer.querySelector(".viewer-page");
    this.zoom = 1;
    this.turned = 0;
    this.round = 0;
  }

  async load() {
    const { document: address, library, worker, loaded } = this.viewer.dataset;
    try {
      const [response, pdfjs] = await Promise.all([fetch(address), import(library)]);
      if (!response.ok) throw new Error(response.status);
      this.data = await response.arrayBuffer();
      pdfjs.GlobalWorkerOptions.workerSrc = worker;
      const wasmUrl = new URL(".", new URL(worker, window.location.href)).href;
      this.task = pdfjs.getDocument({ data: this.data.slice(0), useWasm: false, wasmUrl });
      this.document = await this.task.promise;
      await this.draw();
      this.viewer.querySelector("[data-announced]").textContent = loaded; // seen by everybody else
    } catch {
      if (this.closed) return;
      this.pages.hidden = true;
      this.viewer.querySelector(".viewer-failed").hidden = false;
    }
  }

  async draw() {
    const round = ++this.round;
    const sheets = [];
    for (let number = 1; number <= this.document.numPages; number += 1) {
      const page = await this.document.getPage(number);
      const rotation = (page.rotate + this.turned) % 360;
      const canvas = document.createElement("canvas");
      await this.paint(page, canvas, rotation);
      if (this.closed || round !== this.round) return;
      sheets.push(canvas);
      if (number === 1) this.pages.replaceChildren(canvas);
      else this.pages.append(canvas);
    }
    this.tell();
  }

  async paint(page, canvas, rotation) {
    const wide = this.pages.clientWidth - 2 * parseFloat(getComputedStyle(this.pages).paddingLeft);
    const natural = page.getViewport({ scale: 1, rotation });
    const fits = Math.min(wide, 1000) / natural.width;
    const shown = page.getViewport({ scale: fits * this.zoom, rotation });
    const sharp = Math.min(window.devicePixelRatio || 1, Math.sqrt(MAX_PIXELS / (shown.width * shown.height)));
    const viewport = page.getViewport({ scale: fits * this.zoom * sharp, rotation });
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    canvas.style.width = `${Math.floor(shown.width)}px`;
    await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
  }

  tell() {
    const { page } = this.viewer.dataset;
    const canvases = [...this.pages.querySelectorAll("canvas")];
    const box = this.pages.getBoundingClientRect();
    const middle = (Math.max(box.top, 0) + Math.min(box.bottom, window.innerHeight)) / 2;
    const passed = canvases.filter((canvas) => canvas.getBoundingClientRect().top <= middle).length;
    this.viewer.querySelector("[data-pages]").textContent = page
      .replace("{number}", Math.max(1, passed))
      .replace("{count}", this.document.numPages);
    this.viewer.querySelector("[data-scale]").textContent = `${Math.round(this.zoom * 100)}%`;
    this.viewer.querySelector("[data-zoom='-1']").disabled = this.zoom <= MIN_ZOOM;
    this.viewer.querySelector("[data-zoom='1']").disabled = this.zoom >= MAX_ZOOM;
    this.viewer.querySelector(".viewer-bar").hidden = false;
  }

  change({ by = 0, turn = 0 }) {
    this.zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, by < 0 ? this.zoom / STEP : by > 0 ? this.zoom * STEP : this.zoom));
    this.turned = (this.turned + turn) % 360;
    return this.draw();
  }

  print() {
    this.frame?.remove();
    this.frame = document.createElement("iframe");
    this.frame.className = "printed";
    this.frame.tabIndex = -1;
    this.frame.title = this.viewer.dataset.title;
    this.address ??= URL.createObjectURL(new Blob([this.data], { type: "application/pdf" }));
    this.frame.src = this.address;
    this.frame.addEventListener("load", () => {
      this.frame.contentWindow.focus();
      this.frame.contentWindow.print();
    });
    this.viewer.append(this.frame);
  }

  close() {
    this.closed = true;
    this.task?.destroy();
    if (this.address) URL.revokeObjectURL(this.address);
  }
}

function viewerOf(element) {
  return views.get(element?.closest("[data-overlay], main")?.querySelector("[data-document]"));
}

document.addEventListener("viewer:open", (event) => {
  const view = new View(event.target);
  views.set(event.target, view);
  view.pages.addEventListener("scroll", () => view.document && view.tell(), { passive: true });
  view.load();
});
// On a phone the page scrolls and not the viewer.
window.addEventListener(
  "scroll",
  () => {
    const view = viewerOf(document.getElementById("main"));
    if (view?.document) view.tell();
  },
  { passive: true },
);
document.addEventListener("viewer:close", (event) => views.get(event.target)?.close());

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-zoom], [data-turn]");
  if (control) viewerOf(control)?.change(control.dataset.zoom ? { by: Number(control.dataset.zoom) } : { turn: 90 });
  const printer = event.target.closest("[data-print]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!printer || !plain || !viewerOf(printer)?.data) return;
  event.preventDefault();
  viewerOf(printer).print();
});

// The page of its own shows the PDF too, where there is room.
for (const viewer of document.querySelectorAll("main [data-document]")) {
  if (viewer.offsetParent) viewer.dispatchEvent(new CustomEvent("viewer:open", { bubbles: true }));
}
