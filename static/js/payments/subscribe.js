// The page that sells a plan: on to the page that says it is done.

const form = document.querySelector("turnpike-card-form");

form.addEventListener("paid", () => location.assign(form.getAttribute("return-url")));
