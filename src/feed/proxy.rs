//! Finds out whether the environment asks for a proxy. The connection library supports none, so the connection is always
//! direct; when it fails, the player must know this.

/// Variables that name a proxy for an encrypted connection, in the usual order of other programs.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// Variables that list hosts without a proxy.
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Returns the name of the variable that asks for a proxy to `host`, if one does. Its value is never returned: it may
/// hold a password.
pub(super) fn find_variable(
    host: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<&'static str> {
    let excepted = |list: String| list.split(',').any(|name| is_excepted(host, name.trim()));
    if EXCEPTIONS.into_iter().filter_map(&variable).any(excepted) {
        return None;
    }
    let set = |name: &&str| variable(name).is_some_and(|value| !value.trim().is_empty());
    VARIABLES.into_iter().find(set)
}

/// Whether an entry of `NO_PROXY` matches this host: `*`, the host, or a parent domain, with or without a leading dot.
fn is_excepted(host: &str, entry: &str) -> bool {
    let entry = entry.trim_start_matches('.').to_lowercase();
    !entry.is_empty() && (entry == "*" || super::address::is_below(host, &entry))
}

/// Returns the value of an environment variable.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "backend.rugs.fun";

    fn name(set: &[(&str, &str)]) -> Option<&'static str> {
        find_variable(HOST, |name| {
            let found = set.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_proxy_that_is_set_is_named_by_its_variable() {
        assert_eq!(name(&[]), None);
        for variable in VARIABLES {
            assert_eq!(
                name(&[(variable, "http://me:hunter2@proxy:3128")]),
                Some(variable)
            );
            assert_eq!(name(&[(variable, " ")]), None);
        }
        // For unencrypted connections, which are only allowed to this computer.
        assert_eq!(name(&[("http_proxy", "http://proxy:3128")]), None);
    }

    #[test]
    fn a_host_without_proxy_needs_none() {
        let proxy = ("HTTPS_PROXY", "http://proxy:3128");
        for without in ["*", "rugs.fun", ".rugs.fun", "x.example, Backend.RUGS.fun"] {
            assert_eq!(name(&[proxy, ("NO_PROXY", without)]), None, "{without}");
        }
        for without in ["", "example", "gs.fun", "a.backend.rugs.fun", ","] {
            let name = name(&[proxy, ("no_proxy", without)]);
            assert_eq!(name, Some("HTTPS_PROXY"), "{without}");
        }
    }
}
