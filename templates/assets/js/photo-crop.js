// Choosing the square of a photo: the picture follows the sliders, and the sliders follow the hand. The server cuts.

for (const form of document.querySelectorAll("[data-photo-crop]")) {
  const frame = form.querySelector(".crop-frame");
  const image = frame.querySelector("img");
  const { zoom, across, down } = form.elements;
  const part = (slider) => Number(slider.value) / Number(slider.max);
  const most = Number(form.dataset.maxZoom) - 1;

  // How far the picture reaches beyond the frame, in pixels of the page.
  const spare = () => {
    const side = frame.clientWidth;
    const scale = (side * (1 + part(zoom) * most)) / Math.min(image.naturalWidth, image.naturalHeight);
    const width = image.naturalWidth * scale;
    const height = image.naturalHeight * scale;
    return { width, height, x: width - side, y: height - side };
  };
  const draw = () => {
    const { width, height, x, y } = spare();
    image.style.width = `${width}px`;
    image.style.height = `${height}px`;
    image.style.transform = `translate(${-x * part(across)}px, ${-y * part(down)}px)`;
  };
  const move = (slider, by, room) => {
    if (room > 0) slider.value = Number(slider.value) - (by / room) * Number(slider.max);
  };
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  frame.addEventListener("pointermove", (event) => {
    if (!frame.hasPointerCapture(event.pointerId)) return;
    const { x, y } = spare();
    move(across, event.movementX, x);
    move(down, event.movementY, y);
    draw();
  });
  form.addEventListener("input", draw);
  window.addEventListener("resize", draw);
  const begin = () => {
    frame.classList.add("live");
    draw();
  };
  if (image.complete) begin();
  else image.addEventListener("load", begin);
}
