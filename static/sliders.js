// A slider says its value while it is moved; without this it says it once the form was sent.
for (const slider of document.querySelectorAll(".slider input")) {
  const said = slider.parentElement.querySelector("output");
  slider.addEventListener("input", () => { said.value = slider.value; });
}
