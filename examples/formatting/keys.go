// Package formatting builds the small strings of a hot path.
package formatting

import (
	"errors"
	"fmt"
)

// UserKey names a user's entry in a cache.
func UserKey(id int64) string {
	key := fmt.Sprintf("user-%d", id)
	return key
}

// Port renders a port number.
func Port(port int) string {
	return fmt.Sprintf("%d", port)
}

// Path joins a bucket and an object name.
func Path(bucket, object string) string {
	return fmt.Sprintf("%s/%s", bucket, object)
}

// Lookup is left alone where the text only goes into an error.
func Lookup(users map[string]string, id int64) (string, error) {
	name, ok := users[UserKey(id)]
	if !ok {
		return "", fmt.Errorf("no user %d", id)
	}
	if name == "" {
		return "", fmt.Errorf("the user has no name")
	}
	return name, nil
}

// ErrClosed is kept, so that the file needs its errors import either way.
var ErrClosed = errors.New("closed")
