/** A button that keeps the keyboard's focus while it cannot be used: a disabled one would lose it to nowhere. */

import type { ButtonHTMLAttributes, ComponentChildren } from "preact";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "onClick" | "children"> {
  readonly isOff?: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  /** Takes the focus of something beside it that vanishes. */
  readonly "data-takes-focus"?: boolean;
  readonly "data-testid"?: string;
}

export function Button({ isOff = false, onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isOff ? "true" : undefined}
      onClick={() => {
        if (!isOff) onClick();
      }}
    >
      {children}
    </button>
  );
}
