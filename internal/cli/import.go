package cli

// ImportCmd reads tables.
type ImportCmd struct {
	Accounts ImportAccountsCmd `cmd:"" help:"Read accounts and their roles; print the setup links of new ones as CSV."`
}
