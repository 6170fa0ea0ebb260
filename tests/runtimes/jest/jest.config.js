const project = (displayName, files) => ({
  displayName,
  testEnvironment: displayName,
  testMatch: files.map((file) => `<rootDir>/shared/${file}.test.js`),
  transform: {},
});

export default { projects: [project('node', ['server']), project('jsdom', ['page'])] };
