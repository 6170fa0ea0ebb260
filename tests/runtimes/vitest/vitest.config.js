const inline = { deps: { inline: ['@plinto/polar'] } };
const project = (name, environment, include, server) => ({
  test: {
    name,
    environment,
    include: include.map((file) => `shared/${file}.test.js`),
    globals: true,
    ...(server && { server }),
  },
});

export default {
  test: {
    projects: [
      project('node', 'node', ['server']),
      project('node-inlined', 'node', ['server'], inline),
      project('jsdom', 'jsdom', ['server', 'page']),
      project('jsdom-inlined', 'jsdom', ['server', 'page'], inline),
    ],
  },
};
