// Which part of a picture is shown: the sliders say it to the server; here they, and a finger or a mouse, move the picture.

for (const frame of document.querySelectorAll("[data-crop]")) {
  const picture = frame.querySelector("img");
  const { zoom, across, down } = frame.closest("form").elements;

  const most = Number(frame.dataset.crop);
  const part = ({ value, min, max }) => (value - min) / (max - min);

  // As the server cuts it: slot_pictures.py and portraits.py of rendering.
  const draw = () => {
    const { clientWidth, clientHeight } = frame;
    const scale = Math.max(clientWidth / picture.naturalWidth, clientHeight / picture.naturalHeight) * (1 + part(zoom) * (most - 1));
    const width = picture.naturalWidth * scale;
    const height = picture.naturalHeight * scale;
    picture.style.width = `${width}px`;
    picture.style.height = `${height}px`;
    picture.style.left = `${(clientWidth - width) * part(across)}px`;
    picture.style.top = `${(clientHeight - height) * part(down)}px`;
  };

  const moved = (slider, by, slack) => {
    if (slack < 1) return;
    slider.value = Number(slider.value) - (by / slack) * slider.max;
  };

  const begin = () => {
    frame.dataset.ready = "";
    for (const slider of [across, down]) slider.step = "any";
    draw();
    for (const slider of [zoom, across, down]) slider.addEventListener("input", draw);
    new ResizeObserver(draw).observe(frame);
    frame.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!frame.hasPointerCapture(event.pointerId)) return;
      moved(across, event.movementX, picture.offsetWidth - frame.clientWidth);
      moved(down, event.movementY, picture.offsetHeight - frame.clientHeight);
      draw();
    });
  };

  frame.closest("form").addEventListener("submit", () => {
    for (const slider of [across, down]) {
      const whole = Math.round(slider.value);
      slider.step = "1";
      slider.value = whole;
    }
  });
  if (picture.complete && picture.naturalWidth) begin();
  else picture.addEventListener("load", begin, { once: true });
}
