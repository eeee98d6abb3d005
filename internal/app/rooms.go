package app

import "plumbline/internal/web"

// rooms makes the domain's services and wires what needs two of them.
func (a *App) rooms() (web.Rooms, error) {
	return web.Rooms{}, nil
}
