//! Which site of a back end a gateway calls.
//!
//! Of the sites that serve its region: those of the smallest number of priority to which the VM's
//! breaker lets a call through, and of these the closest, or any by its weight. A call that is tried
//! again goes elsewhere if it can [A: API Management backends, load-balanced pools].

use crate::model::entity::{BackendId, BackendsSpec, Choice, RegionId, SiteId};

/// The sites that one region's gateway may call for one back end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    /// By priority, then by round trip, then in the order of the file.
    members: Vec<Member>,
    is_weighted: bool,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    site: SiteId,
    priority: u32,
    weight: u32,
}

impl Pool {
    /// The sites for a region and a back end. Sites that name the region come before those that
    /// serve anybody: if there are such, it calls no others.
    pub(crate) fn new(spec: &BackendsSpec, (region, backend): (RegionId, BackendId)) -> Self {
        let named = |site: SiteId| spec.sites[site].serves.contains(&region);
        let is_named = spec.sites_of(backend).any(|(site, _)| named(site));
        let mut members: Vec<Member> = spec
            .sites_of(backend)
            .filter(|&(id, site)| named(id) || !is_named && site.serves.is_empty())
            .map(|(id, site)| Member {
                site: id,
                priority: site.priority,
                weight: site.weight,
            })
            .collect();
        members.sort_by_key(|member| (member.priority, spec.sites[member.site].rtt[region]));
        Self {
            members,
            is_weighted: spec.backends[backend].choice == Choice::Weighted,
        }
    }

    /// The site to call; `luck` is uniform from 0 to 1, `avoided` is the one called before.
    pub(crate) fn choose(
        &self,
        admits: impl Fn(SiteId) -> bool,
        (luck, avoided): (f64, Option<SiteId>),
    ) -> Option<SiteId> {
        let can_be = |member: &Member| Some(member.site) != avoided && admits(member.site);
        let other = self.first(&can_be, luck);
        other.or_else(|| avoided.filter(|&site| admits(site)))
    }

    fn first(&self, can_be: &impl Fn(&Member) -> bool, luck: f64) -> Option<SiteId> {
        let first = self.members.iter().find(|member| can_be(member))?;
        if !self.is_weighted {
            return Some(first.site);
        }
        let rank = |member: &&Member| member.priority == first.priority && can_be(member);
        let weights = self
            .members
            .iter()
            .filter(rank)
            .map(|m| f64::from(m.weight));
        let mut left = luck * weights.sum::<f64>();
        let mut ranked = self.members.iter().filter(rank);
        let chosen = ranked.find(|member| {
            left -= f64::from(member.weight);
            left < 0.0
        });
        Some(chosen.unwrap_or(first).site)
    }

    /// How the calls are divided among the sites that are up, as shares that add up to 1.
    fn split(&self, is_up: impl Fn(SiteId) -> bool) -> Vec<(SiteId, f64)> {
        let up = || self.members.iter().filter(|member| is_up(member.site));
        let Some(first) = up().next() else {
            return Vec::new();
        };
        if !self.is_weighted {
            return vec![(first.site, 1.0)];
        }
        let ranked = || up().filter(|member| member.priority == first.priority);
        let total: f64 = ranked().map(|member| f64::from(member.weight)).sum();
        let share = |member: &Member| (member.site, f64::from(member.weight) / total);
        ranked().map(share).collect()
    }

    /// A site that it would call first, whatever the breakers say.
    pub(crate) fn front(&self) -> Option<SiteId> {
        self.members.first().map(|member| member.site)
    }
}

impl BackendsSpec {
    /// How a region divides its calls of a back end among the sites that are up, as shares that add
    /// up to 1; none if no site is.
    pub fn split(
        &self,
        caller: (RegionId, BackendId),
        is_up: impl Fn(SiteId) -> bool,
    ) -> Vec<(SiteId, f64)> {
        Pool::new(self, caller).split(is_up)
    }
}
