// What axe-core finds in the page, or in what a selector names.
async ([tags, within]) => {
  const where = within ? { include: [[within]] } : document;
  const { violations } = await axe.run(where, { runOnly: tags, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const [why] = [...any, ...all, ...none];
      return `${id}: ${target.join(" ")}: ${why?.message ?? ""}`;
    }),
  );
}
