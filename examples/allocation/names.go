// Package allocation collects names.
package allocation

// User is somebody with a name.
type User struct {
	ID   int
	Name string
}

// Names gives the names of users, nil where there are none.
func Names(users []User) []string {
	var names []string
	for _, user := range users {
		names = append(names, user.Name)
	}
	return names
}

// ByID finds users by their number.
func ByID(users []User) map[int]User {
	found := map[int]User{}
	for _, user := range users {
		found[user.ID] = user
	}
	return found
}

// Adults is left alone: nobody knows how many there are.
func Adults(users []User, age func(User) int) []User {
	adults := []User{}
	for _, user := range users {
		if age(user) >= 18 {
			adults = append(adults, user)
		}
	}
	return adults
}
