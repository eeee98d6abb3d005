package app

import (
	"context"

	"plumbline/internal/account"
	"plumbline/internal/authz"
	"plumbline/internal/web"
)

// rooms makes the domain's services and wires what needs two of them.
func (a *App) rooms() (web.Rooms, error) {
	accounts := account.New(a.Gate, a.DB)
	return web.Rooms{
		Accounts: accounts,
		Who: func(ctx context.Context, token string) (authz.Actor, error) {
			_, actor, err := accounts.Session(ctx, token)
			return actor, err
		},
	}, nil
}
