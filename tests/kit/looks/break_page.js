// Makes a page worse, so that a test can see that it is told of it.
() => {
  const picture = document.createElement("img");
  picture.src = "_static/icon.svg";
  const pale = document.createElement("p");
  pale.textContent = "Words that nobody can read";
  pale.style.color = "#808080";
  pale.style.backgroundColor = "#909090";
  document
    .querySelector("main, [role=main]")
    .append(picture, pale, document.createElement("button"));
};
