"""An API in the shape of Plinto's: `identity` is what Plinto has, `billing` is what it gets."""
