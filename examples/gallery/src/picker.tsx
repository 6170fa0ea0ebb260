// The gallery's frame: what is shown is chosen here, and shown in a frame of that width.
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type Choice, directions, readChoice, themes, widths, writeChoice } from './choice';
import { components } from './components';
import './picker.css';

interface Named {
  name: string;
  what: string;
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const scenarios = (await (await fetch('/scenarios.json')).json()) as Named[];
const shown: Named[] = [{ name: 'all', what: 'All' }, ...components];
createRoot(root).render(<Picker />);

function Picker() {
  const [choice, setChoice] = useState(() => readChoice(location.search));
  useEffect(() => {
    const back = () => setChoice(readChoice(location.search));
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  const choose = (change: Partial<Choice>) => {
    const next = { ...choice, ...change };
    history.pushState(null, '', `/${writeChoice(next)}`);
    setChoice(next);
  };
  const address = `/scene.html${writeChoice({ ...choice, width: 'full' })}`;
  return (
    <>
      <header>
        <h1>Gallery</h1>
        <Select
          label="Component"
          value={choice.component}
          among={shown}
          choose={(component) => choose({ component })}
        />
        <Select
          label="Scenario"
          value={choice.scenario}
          among={scenarios}
          choose={(scenario) => choose({ scenario })}
        />
        <Radios label="Theme" value={choice.theme} among={themes} choose={(theme) => choose({ theme })} />
        <Radios
          label="Direction"
          value={choice.direction}
          among={directions}
          choose={(direction) => choose({ direction })}
        />
        <Radios label="Width" value={choice.width} among={widths} choose={(width) => choose({ width })} />
        <a href={address}>This scene alone</a>
      </header>
      <div className="stage">
        <iframe
          key={address}
          title="Scene"
          src={address}
          style={{ inlineSize: choice.width === 'full' ? '100%' : `${choice.width}px` }}
        />
      </div>
    </>
  );
}

interface SelectProps {
  label: string;
  value: string;
  among: readonly Named[];
  choose: (name: string) => void;
}

function Select({ label, value, among, choose }: SelectProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => choose(event.target.value)}>
        {among.map(({ name, what }) => (
          <option key={name} value={name}>
            {what}
          </option>
        ))}
      </select>
    </label>
  );
}

interface RadiosProps<Value extends string> {
  label: string;
  value: Value;
  among: readonly Value[];
  choose: (value: Value) => void;
}

function Radios<Value extends string>({ label, value, among, choose }: RadiosProps<Value>) {
  return (
    <fieldset>
      <legend>{label}</legend>
      {among.map((each) => (
        <label key={each}>
          <input type="radio" name={label} checked={each === value} onChange={() => choose(each)} />
          {each}
        </label>
      ))}
    </fieldset>
  );
}
