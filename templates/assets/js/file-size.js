// A file that is too large, or empty, is told before it is sent: the storage would answer with a page of its own.

for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    const { most, tooLarge, empty } = input.dataset;
    const text = !file ? "" : file.size > Number(most) ? tooLarge : file.size === 0 ? empty : "";
    input.setCustomValidity(text);
    input.reportValidity();
  });
}
