// A button with data-near asks the device where it is and reloads the page with ?near=lat,lon (rounded to about 100 m).
const button = document.querySelector("[data-near]");
if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const url = new URL(location.href);
        url.searchParams.set("near", `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`);
        location.assign(url);
      },
      () => button.removeAttribute("aria-busy"),
      { maximumAge: 600000, timeout: 10000 },
    );
  });
}
