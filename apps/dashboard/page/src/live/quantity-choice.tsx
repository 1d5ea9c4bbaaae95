import { quantityKey, quantityName, type Choice, type Quantity } from './quantity.js';

interface Props {
  readonly there: readonly Quantity[];
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
}

/** What the curve shows: one quantity on the left axis, another or none on the right one. */
export function QuantityChoice({ there, choice, onChange }: Props) {
  const values = there.filter(({ kind }) => kind === 'value');
  const options = (quantities: readonly Quantity[]) =>
    quantities.map((quantity) => (
      <option key={quantityKey(quantity)} value={quantityKey(quantity)}>
        {quantityName(quantity)}
      </option>
    ));
  return (
    <>
      {values.length > 1 && (
        <label class="choice">
          <span>Left axis</span>
          <select
            value={choice.first}
            onChange={(event) => onChange({ ...choice, first: event.currentTarget.value })}
          >
            <option value="now">as the meter shows</option>
            {options(values)}
          </select>
        </label>
      )}
      <label class="choice">
        <span>Second curve</span>
        <select
          value={choice.second}
          onChange={(event) => onChange({ ...choice, second: event.currentTarget.value })}
        >
          <option value="none">none</option>
          <option value="temperature">temperature</option>
          {options(values)}
        </select>
      </label>
    </>
  );
}
