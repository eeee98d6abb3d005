package cli

import "fmt"

// LedgerRecountCmd counts all matters anew.
type LedgerRecountCmd struct {
	Where
	DryRun bool   `help:"Only tell the differences; the status is 2 where there are any."`
	Lang   string `help:"Language of messages." enum:"zh,en" default:"${lang}"`
}

// Run tells every difference on a line of its own, and mends them.
func (c *LedgerRecountCmd) Run(out *IO) error {
	a, err := c.open(out.Ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	wrong, err := a.Rooms.Ledgers.Recount(out.Ctx, c.DryRun)
	if err != nil {
		return err
	}
	for _, line := range wrong {
		fmt.Fprintln(out.Out, line)
	}
	switch {
	case len(wrong) == 0:
		fmt.Fprintln(out.Out, a.Words.T(c.Lang, "figures.recount_same"))
	case c.DryRun:
		fmt.Fprintln(out.Out, a.Words.T(c.Lang, "figures.recount_would", "Count", len(wrong)))
		return exit(2)
	default:
		fmt.Fprintln(out.Out, a.Words.T(c.Lang, "figures.recount_mended", "Count", len(wrong)))
	}
	return nil
}
