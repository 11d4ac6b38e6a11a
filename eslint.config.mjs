import tseslint from "typescript-eslint";

const noPages = (name) => ({ property: name, message: "Markup from strings lets hostile names in: use text nodes." });
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "createContextualFragment", "setHTMLUnsafe"].map(
  noPages,
);
const challenge = {
  selector: "Property[key.name='disableChallengeResourceVerification']",
  message:
    "Only the sandbox factory may switch this check off: it keeps a vault from asking for another vault's token.",
};
const clock = [
  { object: "Date", property: "now", message: "Pure code gets the time from its caller." },
  { object: "Math", property: "random", message: "Pure code gets randomness from its caller." },
];

export default tseslint.config(
  {
    ignores: [
      "dist/",
      ".tools/",
      "node_modules/",
      "test-results/",
      ".vscode-test/",
      "test/support/vscode/fixture/",
      "tools/",
    ],
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: testFunctions() }],
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 60 }],
      "max-params": ["error", { max: 3 }],
      "no-restricted-properties": ["error", ...markup],
      "no-restricted-syntax": ["error", challenge],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "prefer-const": "error",
    },
  },
  {
    files: ["src/sizing/**/*.ts", "src/environments/**/*.ts"],
    rules: {
      "no-restricted-properties": ["error", ...markup, ...clock],
      "no-restricted-syntax": [
        "error",
        challenge,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "Pure code gets the time from its caller.",
        },
        { selector: "Program > VariableDeclaration[kind='let']", message: "No module-level mutable state." },
      ],
    },
  },
  { files: ["src/azure/sandboxFactory.ts"], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["test/**/*.ts"],
    // a describe is a list of tests, not a function to be read at once
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    rules: {
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 60 }],
      "max-params": ["error", { max: 3 }],
      "no-undef": "off",
      "no-unused-vars": "error",
      eqeqeq: "error",
      "prefer-const": "error",
    },
  },
);

function testFunctions() {
  return [
    { from: "package", name: ["describe", "it", "before", "after", "beforeEach", "afterEach"], package: "mocha" },
  ];
}
